"""A project of its own to publish from: this one's sources and build, with generated dashboards instead of its own.

Generated ones have 3 to 40 panels and 10 kB each, as Grafana's users have them; ours are five times as large.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import orjson

from kit.emit import build_json
from kit.emit.text import json_text
from kit.load import ROOT

TAKEN = ("kit", "signals", "dashboards", "alerts", "bench", "monitoring", "build.py", "settings.py", "constraints.txt")
FEWEST, MOST = 3, 40
PANEL = ("type", "title", "datasource")


def made(root: Path, count: int | None = None) -> Path:
    """A committed copy of the project in `root`, with so many dashboards; None leaves it those that it has."""
    for name in TAKEN:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, root / name)
    if count is not None:
        _generate(root / "monitoring" / "grafana" / "dashboards", count)
    _seal(root)
    (root / ".gitignore").write_text("__pycache__/\n.history/\n")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "A build"]):
        subprocess.run(["git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", *command], cwd=root,
                       check=True)  # fmt: skip
    return root


def _generate(folder: Path, count: int) -> None:
    """So many dashboards, made of the panels that are there."""
    paths = sorted(folder.rglob("*.json"))
    there = [(path, orjson.loads(path.read_bytes())) for path in paths]
    panels = cycle([panel for _, board in there for panel in _panels(board)])
    for path in paths:
        path.unlink()
    for number, (path, board) in enumerate(islice(cycle(there), count)):
        uid, size = f"df-bench-{number}", FEWEST + number * 7 % (MOST - FEWEST + 1)
        told = {"uid": uid, "title": f"{board['title']} {number}", "panels": list(_placed(panels, size))}
        path.with_name(f"{uid}.json").write_text(json_text(_plain(board) | told))


def _plain(board: Mapping[str, Any]) -> dict[str, Any]:
    """The dashboard with nothing in its lists but Grafana's own annotation."""
    annotations = {"list": board["annotations"]["list"][:1]}
    return {**board, "annotations": annotations, "links": [], "templating": {"list": []}}


def _panels(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The panels with one query each, without what makes them look well."""
    for panel in board["panels"]:
        if panel.get("targets"):
            query = panel["targets"][0]
            yield {key: panel[key] for key in PANEL} | {"targets": [{"expr": query["expr"], "refId": query["refId"]}]}


def _placed(panels: Iterator[dict[str, Any]], size: int) -> Iterator[dict[str, Any]]:
    for number, panel in enumerate(islice(panels, size)):
        yield {**panel, "id": number + 1, "gridPos": {"x": number % 2 * 12, "y": number // 2 * 8, "w": 12, "h": 8}}


def _seal(root: Path) -> None:
    """BUILD.json as compiling would write it for what is there."""
    out = root / "monitoring"
    paths = [path.relative_to(out) for path in sorted(out.rglob("*")) if path.is_file() and path.name != "BUILD.json"]
    files = {path.as_posix(): (out / path).read_text() for path in paths if path.parts[0] != "exporters"}
    (out / "BUILD.json").write_text(build_json.text(files, root, root / "settings.py"))
