"""Which codecs Pillow brings, and of what version: for whoever has to find out why a picture fails here and not there."""

from contextlib import suppress
from importlib import import_module, metadata
from typing import Final

# As ``PIL.features`` calls what is compiled in, and as everybody else does.
_LIBRARIES: Final = {
    "jpg_2000": "OpenJPEG",
    "webp": "libwebp",
    "avif": "libavif",
    "libtiff": "libtiff",
    "littlecms2": "Little CMS",
    "freetype2": "FreeType",
}
# Modules of plugins, and what they are packaged as.
_PLUGINS: Final = {"pillow_heif": "pillow-heif", "pillow_jxl": "pillow-jxl-plugin"}


def pillow_version() -> str:
    """Pillow's version alone; loads none of its codecs."""
    import PIL  # noqa: PLC0415  # whoever asks for a module's name has not asked for Pillow

    return PIL.__version__


def codecs() -> tuple[str, ...]:
    """Name and version of each library that reads or writes pictures; what is not there is said to be missing."""
    from PIL import features  # noqa: PLC0415  # as above

    return (
        _named("libjpeg-turbo", features.version("libjpeg_turbo"))
        if features.check("libjpeg_turbo")
        else _named("libjpeg", features.version("jpg")),
        _named("zlib-ng", features.version("zlib_ng"))
        if features.check("zlib_ng")
        else _named("zlib", features.version("zlib")),
        *(_named(title, features.version(name)) for name, title in _LIBRARIES.items()),
        *(_plugin(module, package) for module, package in _PLUGINS.items()),
    )


def _plugin(module: str, package: str) -> str:
    try:
        plugin = import_module(module)
    except ImportError:
        return _named(package, None)
    version = getattr(plugin, "__version__", "")
    with suppress(metadata.PackageNotFoundError):  # a frozen program has those alone that its spec names
        version = version or metadata.version(package)
    name = f"{package} {version}".strip()
    return f"{name} (libheif {plugin.libheif_version()})" if module == "pillow_heif" else name


def _named(title: str, version: str | None) -> str:
    return f"{title} {version}" if version else f"no {title}"
