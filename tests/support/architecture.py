"""The house's rules (HOUSE.md) as functions over syntax trees: each takes modules and gives what breaks it.

A ``Module`` is made of a file or, for trying a rule out, of a piece of text.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
BANNED_WORDS: Final = frozenset(
    {
        "manager",
        "managers",
        "helper",
        "helpers",
        "util",
        "utils",
        "handler",
        "handlers",
        "data",
        "info",
        "infos",
    }
)
FILE_LINES: Final = 400
FUNCTION_LINES: Final = 60
BROAD_EXCEPTS: Final = 3
QT_MODULES: Final = ("PySide6", "shiboken6")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


class Module(NamedTuple):
    """One source file.

    Attributes:
        name: Its dotted name; a package's is that of its folder.
        text: Its source.
        tree: Its syntax tree.
        is_package: Whether it is an ``__init__``.
    """

    name: str
    text: str
    tree: ast.Module
    is_package: bool = False

    @property
    def room(self) -> str:
        """The top-level package."""
        return self.name.partition(".")[0]


class Import(NamedTuple):
    """One imported module, or a name in one.

    Attributes:
        name: Dotted; for ``from a import b`` both ``a`` and ``a.b`` are given, as b may be a module.
        line: Where.
        at_module_level: Whether importing the file brings it in: not in a function, not for type checking only.
    """

    name: str
    line: int
    at_module_level: bool


def from_text(name: str, text: str) -> Module:
    """A module of that name made of text."""
    return Module(name, text, ast.parse(text))


def modules(*rooms: str) -> tuple[Module, ...]:
    """All modules below these folders of the project."""
    return tuple(module for room in rooms for module in modules_of(room))


@cache
def modules_of(room: str) -> tuple[Module, ...]:
    """All modules below this folder of the project; trees of all the tests take 100 MB."""
    return tuple(_from_file(path) for path in sorted((ROOT / room).rglob("*.py")) if path.is_file())


def _from_file(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    text = path.read_text()
    return Module(".".join(parts[:-1] if is_package else parts), text, ast.parse(text, str(path)), is_package)


def is_within(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of these packages or below one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def imports(module: Module) -> list[Import]:
    """Everything the module imports, anywhere in it."""
    return list(_imports(module, module.tree, at_module_level=True))


def _imports(module: Module, node: ast.AST, *, at_module_level: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, at_module_level) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = _base(module, child)
            yield Import(base, child.lineno, at_module_level)
            yield from (Import(f"{base}.{a.name}", child.lineno, at_module_level) for a in child.names)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for part in child.body:
                yield from _imports(module, ast.Module([part], []), at_module_level=False)
            for part in child.orelse:
                yield from _imports(module, ast.Module([part], []), at_module_level=at_module_level)
        else:
            inside = isinstance(child, Function | ast.Lambda)
            yield from _imports(module, child, at_module_level=at_module_level and not inside)


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    parts = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
    return ".".join([*parts, node.module] if node.module else parts)


def reachable(start: str, among: Iterable[Module], *, at_module_level: bool = False) -> dict[str, str]:
    """All that importing ``start`` brings in, each with the way to it; foreign modules are not looked into.

    Args:
        start: Dotted name of one of the modules.
        among: The modules that are ours.
        at_module_level: Whether to follow only imports that run when the file is imported.
    """
    ours: Mapping[str, Module] = {module.name: module for module in among}
    if start not in ours:
        raise LookupError(start)
    found: dict[str, str] = {}
    waiting = [(start, start)]
    while waiting:
        name, way = waiting.pop()
        if name in found:
            continue
        found[name] = way
        parents = [name.rsplit(".", count)[0] for count in range(1, name.count(".") + 1)]
        waiting += [(parent, way) for parent in parents if parent in ours]
        if name in ours:
            wanted = [i for i in imports(ours[name]) if i.at_module_level or not at_module_level]
            waiting += [(i.name, f"{way} -> {i.name}") for i in wanted]
    return found


def forbidden_imports(
    modules: Iterable[Module], forbidden: Iterable[str], *, allowed_in: Iterable[str] = ()
) -> list[str]:
    """Imports of these packages anywhere but in those of ours."""
    return [
        f"{module.name}:{found.line} imports {found.name}"
        for module in modules
        if not is_within(module.name, *allowed_in)
        for found in imports(module)
        if is_within(found.name, *forbidden)
    ]


def imports_beyond(modules: Iterable[Module], package: str, allowed: Iterable[str]) -> list[str]:
    """Imports from a package of ours other than of the allowed modules (names in them are allowed too)."""
    allowed = set(allowed)
    return [
        f"{module.name}:{found.line} imports {found.name}"
        for module in modules
        for found in imports(module)
        if is_within(found.name, package) and not is_within(found.name, *allowed - {package})
        # the package itself: its own names only
        if found.name != package
        and not (package in allowed and found.name.rpartition(".")[2].startswith("__"))
    ]


def broad_excepts(modules: Iterable[Module]) -> list[tuple[str, bool]]:
    """Places that catch everything, each with whether a comment on its lines or beside them says why."""
    return [
        (f"{module.name}:{span[0]}", _has_comment(module, *span))
        for module in modules
        for node in ast.walk(module.tree)
        if (span := _broad_lines(node)) is not None
    ]


def _broad_lines(node: ast.AST) -> tuple[int, int] | None:
    """First and last line of what catches everything; None where the node does not."""
    if isinstance(node, ast.ExceptHandler) and (node.type is None or _names_everything(node.type)):
        return node.lineno, node.body[0].lineno
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "suppress":
        last = node.end_lineno or node.lineno
        return (node.lineno, last) if any(_names_everything(argument) for argument in node.args) else None
    return None


def _names_everything(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Name) and n.id in {"Exception", "BaseException"} for n in ast.walk(node))


def _has_comment(module: Module, first: int, last: int) -> bool:
    return any(first - 1 <= number <= last and _words(text) >= 3 for number, text in comments(module))


def comments(module: Module) -> list[tuple[int, str]]:
    """Line and text of each comment."""
    tokens = tokenize.generate_tokens(io.StringIO(module.text).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def _words(text: str) -> int:
    """Words of a comment beside the marks for tools."""
    plain = re.sub(r"(noqa|type: ignore|pragma)\b(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[\w, -]*\])?", " ", text)
    return len(re.findall(r"[A-Za-z]+", plain))


def unexplained_ignores(modules: Iterable[Module]) -> list[str]:
    """Marks that silence a tool without saying why."""
    return [
        f"{module.name}:{line} {text}"
        for module in modules
        for line, text in comments(module)
        if re.search(r"#\s*(noqa|type:\s*ignore)", text) and _words(text) < 2
    ]


def definitions(module: Module) -> list[tuple[str, Definition, bool]]:
    """Classes and functions outside functions: path of the name, node, whether all of the path is public."""
    found: list[tuple[str, Definition, bool]] = []

    def visit(body: Iterable[ast.AST], path: str, *, public: bool) -> None:
        for node in body:
            if isinstance(node, Definition):
                is_public = public and not node.name.startswith("_")
                found.append((f"{path}.{node.name}", node, is_public))
                if isinstance(node, ast.ClassDef):
                    visit(node.body, f"{path}.{node.name}", public=is_public)
            elif isinstance(node, ast.If | ast.Try | ast.With):
                visit(ast.iter_child_nodes(node), path, public=public)

    visit(module.tree.body, module.name, public=True)
    return found


def banned_names(modules: Iterable[Module], qt_names: frozenset[str]) -> list[str]:
    """Names of modules, classes and functions with a banned word; overrides of Qt's own methods are Qt's."""
    found: list[str] = []
    for module in modules:
        if _split(module.name.rpartition(".")[2]) & BANNED_WORDS:
            found.append(module.name)
        nodes = [node for node in ast.walk(module.tree) if isinstance(node, Definition)]
        ours = [node for node in nodes if isinstance(node, ast.ClassDef) or node.name not in qt_names]
        found += [f"{module.name}:{n.lineno} {n.name}" for n in ours if _split(n.name) & BANNED_WORDS]
    return found


def _split(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def undocumented(modules: Iterable[Module]) -> list[str]:
    """Public modules, classes and functions without a docstring; overrides marked as such inherit theirs, overloads have one together."""
    found = [module.name for module in modules if not ast.get_docstring(module.tree)]
    for module in modules:
        for name, node, public in definitions(module):
            is_other = any(
                ast.unparse(mark).endswith(("override", "overload")) for mark in node.decorator_list
            )
            if public and not is_other and not ast.get_docstring(node):
                found.append(f"{name}:{node.lineno}")
    return found


def oversized(modules: Iterable[Module]) -> list[str]:
    """Files and functions beyond their length."""
    found: list[str] = []
    for module in modules:
        if (lines := len(module.text.splitlines())) > FILE_LINES:
            found.append(f"{module.name}: {lines} lines")
        functions = [node for node in ast.walk(module.tree) if isinstance(node, Function)]
        lengths = [(node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]
        found += [f"{module.name}:{f.lineno} {f.name}: {n} lines" for f, n in lengths if n > FUNCTION_LINES]
    return found
