"""Which incidents play which alert, as incidents/ says; read, not imported: playing needs more than compiling."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path


def played(root: Path) -> Mapping[str, tuple[str, ...]]:
    """Alert → the incidents that are made for it, by name."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((root / "incidents").glob("[!_]*.py")):
        for alert in _alerts(ast.parse(path.read_text(encoding="utf-8"))):
            found[alert] = (*found.get(alert, ()), path.stem)
    return found


def _alerts(module: ast.Module) -> Iterator[str]:
    """The words of its `alerts = "…"`."""
    for node in module.body:
        if isinstance(node, ast.Assign) and [getattr(name, "id", "") for name in node.targets] == ["alerts"]:
            yield from str(ast.literal_eval(node.value)).split()
