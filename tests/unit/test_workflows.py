"""The workflow files run commands that there are."""

import re
from pathlib import Path

import pytest

from resources.packaging.__main__ import COMMANDS

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
RELEASE = ROOT / ".github" / "workflows" / "release.yml"


def commands(text: str) -> set[str]:
    """Of ``python -m resources.packaging``, with those that the matrix brings in."""
    calls = re.findall(r"python -m resources\.packaging +([^\n\"`)]+)", text)
    words = {word for call in calls for word in re.sub(r"\$\{\{.*?\}\}", "", call).split()}
    forms = {word for forms in re.findall(r"forms: ([^}]+)\}", text) for word in forms.split()}
    return words | forms


def test_the_rule_finds_them() -> None:
    text = "forms: tar deb }\n- run: python -m resources.packaging app ${{ matrix.forms }} sbom\n$(python -m resources.packaging wheel)"
    assert commands(text) == {"tar", "deb", "app", "sbom", "wheel"}


def test_release_runs_commands_that_there_are() -> None:
    found = commands(RELEASE.read_text())
    assert {"app", "smoke", "installer"} < found
    assert found <= set(COMMANDS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_may_do_little_and_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert "Not yet run" in text.partition("name:")[0]
    assert re.search(r"^permissions: \{\}$|^permissions:\n  contents: read$", text, re.MULTILINE)
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", used) for used in re.findall(r"uses: (\S+)", text))
    assert all(re.search(r"^    timeout-minutes: \d+$", job, re.MULTILINE) for job in jobs(text))


def jobs(text: str) -> list[str]:
    return re.split(r"^  \w+:$", text.partition("\njobs:\n")[2], flags=re.MULTILINE)[1:]
