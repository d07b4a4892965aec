"""The bill of materials of the product: CycloneDX 1.6 in JSON (ECMA-424), of a frozen folder as it lies there.

The same folder gives the same file, byte for byte.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from resources.packaging.components import Component, components
from resources.packaging.frozen_folder import Native, digest
from resources.packaging.layout import APP, DIST, NAME, VERSION
from resources.packaging.moment import moment

TO: Final = DIST / f"{NAME}-{VERSION}.cdx.json"


def write(app: Path = APP, to: Path = TO) -> Path:
    """Write the bill of materials of a frozen folder; where it is.

    Raises:
        FileNotFoundError: Nothing was frozen there.
        UnknownPartError: It holds something that cannot be told.
    """
    first, *others = components(app)
    files = sorted(file for file in app.iterdir() if file.is_file() and not file.is_symlink())
    own = tuple(Native(file.name, digest(file)) for file in files)
    bill = document((first._replace(files=own), *others), moment())
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return to


def document(parts: Sequence[Component], at: datetime) -> dict[str, Any]:
    """The bill of materials of some parts, of which the first is made of the others."""
    body: dict[str, Any] = {
        "metadata": {
            "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "lifecycles": [{"phase": "post-build"}],
            "tools": {
                "components": [
                    {"type": "application", "name": "resources.packaging.sbom", "version": VERSION}
                ]
            },
            "component": _component(parts[0]),
        },
        "components": [_component(part) for part in parts[1:]],
        "dependencies": [_dependency(part, parts) for part in parts],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **body,
    }


def _component(part: Component) -> dict[str, Any]:
    told = {
        "type": "application" if part.of is None else "library",
        "bom-ref": _reference(part),
        "name": part.name,
        "version": part.version,
        "licenses": [{"expression": part.licence}],
        "purl": part.purl,
        "components": [_file(part, native) for native in part.files],
    }
    return {key: value for key, value in told.items() if value}


def _file(part: Component, native: Native) -> dict[str, Any]:
    return {
        "type": "file",
        "bom-ref": f"{_reference(part)}#{native.path}",
        "name": native.path,
        "hashes": [{"alg": "SHA-256", "content": native.sha256}],
    }


def _dependency(part: Component, parts: Sequence[Component]) -> dict[str, Any]:
    brought = sorted(_reference(other) for other in parts if other.of == part.name)
    return {"ref": _reference(part), "dependsOn": brought} if brought else {"ref": _reference(part)}


def _reference(part: Component) -> str:
    return part.purl or f"{part.of}/{part.name}"
