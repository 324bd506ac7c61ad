"""What runs did: a folder of .history/ for each, written before the first write to Grafana.

```
.history/<run>/run.json         which Grafana, which commit, every step with the digest it was to leave
.history/<run>/before/1.json    an object as it was before the first step, where it was there
```

Secrets never get here: contact points hold the names of the variables that they are taken from, and what people put
elsewhere in them and in data sources is left out (kit/publish/redacted.py).
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from attrs import frozen

from kit.publish import canonical, redacted
from kit.publish.exits import PREFLIGHT, USAGE, Refused
from kit.publish.model import Found, Item, Marks, Plan, Report, Step

FOLDER = ".history"
_JSON = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


@frozen
class Before:
    """One object of a run: its state before (None: it was not there), and the digest that the run was to leave there
    (None: it was to go). `sent` is the content of a contact point, which tells what of it is secret. `ours`: whether
    the run left it as ours."""

    kind: str
    key: str
    title: str
    before: Item | None
    after: str | None
    place: str = ""
    sent: Any = None
    ours: bool = True


@frozen
class Run:
    """A run that was made: its name, the target and address it went to, the uid of the folder that keeps the ledger,
    the commit that was published last before it, and every object that it changed, as far as is known."""

    name: str
    target: str
    url: str
    ledger: str
    last: str
    objects: tuple[Before, ...]


def begin(folder: Path, name: str, told: Mapping[str, Any], plan: Plan) -> Path:
    """Back up what the plan changes. Raises Refused, before anything was written to Grafana, where that fails."""
    place = folder / name
    try:
        (place / "before").mkdir(parents=True)
        steps = [_backed_up(place, number, step) for number, step in enumerate(plan.writes, 1)]
        _write(place / "run.json", {**told, "run": name, "steps": steps})
    except OSError as error:
        raise Refused(
            PREFLIGHT,
            f"the backup cannot be written to {place} ({error.strerror}), so nothing was written to Grafana;"
            " make room, or name another folder: --history DIR",
        ) from None
    return place


def end(place: Path, report: Report) -> None:
    """Note how the run ended: a rollback leaves alone what it did not send. Of a run that was cut off before this, all
    that it was to do counts as sent."""
    results = [
        {"kind": one.step.kind, "key": one.step.key, "outcome": one.outcome, "why": one.sentence, "sent": one.sent}
        for one in report.results
    ]
    told = orjson.loads((place / "run.json").read_bytes())
    _write(place / "run.json", {**told, "exit": report.code, "results": results})


def read(folder: Path, name: str) -> Run:
    """A run by its name. Raises Refused where there is none."""
    place = folder / name
    if not name or "/" in name or not (place / "run.json").is_file():
        there = sorted(one.name for one in folder.glob("*") if (one / "run.json").is_file())[-5:]
        known = f"the newest are {', '.join(there)}" if there else "there is none"
        raise Refused(USAGE, f"no run '{name}' in {folder}; {known}")
    try:
        told = _read(place / "run.json")
        steps = told["steps"]
        sent = {(one["kind"], one["key"]): one["sent"] for one in told.get("results", ())}
        steps = [step for step in steps if sent.get((step["kind"], step["key"]), True)]
        objects = tuple(_object(place, step) for step in steps)
        return Run(name, told["target"], told["url"], told["ledger"], told["last"], objects)
    except (KeyError, TypeError, AttributeError) as error:
        raise _broken(place / "run.json", type(error).__name__) from None


def _read(file: Path) -> Any:
    """What a file of a run says. Raises Refused."""
    try:
        return orjson.loads(file.read_bytes())
    except FileNotFoundError:
        raise Refused(USAGE, f"{file} is missing; a run goes back with its whole folder: bring that here") from None
    except OSError as error:
        raise Refused(USAGE, f"{file} cannot be read ({error.strerror})") from None
    except orjson.JSONDecodeError:
        raise _broken(file, "no JSON") from None


def _broken(file: Path, why: str) -> Refused:
    return Refused(USAGE, f"{file} cannot be read ({why}); it was changed or cut off")


def _backed_up(place: Path, number: int, step: Step) -> dict[str, Any]:
    told = {
        "action": step.action, "kind": step.kind, "key": step.key, "title": step.title,
        "after": step.item.digest if step.item and step.action != "delete" else None, "before": None,
        "place": step.item.place if step.item else "",
        "ours": step.item is None or step.item.ours,
        "sent": redacted.hidden(step.kind, step.item.load()) if step.item and step.kind == "contact point" else None,
    }  # fmt: skip
    if step.found is not None:
        told["before"] = f"before/{number}.json"
        _write(place / "before" / f"{number}.json", _kept(step.found, step.item))
    return told


def _kept(found: Found, item: Item | None) -> dict[str, Any]:
    """Content is dropped while reading where it is what the item says, as of what only moves."""
    content = found.content if found.content is not None else item.load() if item else None
    if content is None:
        raise Refused(PREFLIGHT, f"{found.kind} {found.key} was read without its content, so it cannot be backed up")
    kept = redacted.hidden(found.kind, content)
    digest = found.digest if kept == content else canonical.digest(kept)  # of a secret not even that is kept
    return {
        "kind": found.kind, "key": found.key, "title": found.title, "digest": digest, "content": kept,
        "place": found.place, "path": found.path, "commit": found.commit, "locked": found.locked, "ours": found.ours,
        "labels": dict(found.marks.labels), "annotations": dict(found.marks.annotations),
        "bases": found.bases if found.edited and found.ours else None, "home": found.home if found.edited else None,
    }  # fmt: skip


def _object(place: Path, step: Mapping[str, Any]) -> Before:
    before = _before(place / step["before"]) if step["before"] else None
    return Before(step["kind"], step["key"], step["title"], before, step["after"], step["place"], step["sent"],
                  step.get("ours", True))  # fmt: skip


def _before(file: Path) -> Item:
    kept = _read(file)
    try:
        return Item(
            kept["kind"], kept["key"], kept["title"], kept["digest"], lambda: kept["content"], kept["place"],
            kept["path"], kept["commit"], Marks(kept["labels"], kept["annotations"]), kept["locked"], kept["ours"],
            None if kept.get("bases") is None else tuple(kept["bases"]), kept.get("home"),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise _broken(file, type(error).__name__) from None


def _write(file: Path, told: Any) -> None:
    """Whole or not at all."""
    draft = file.with_suffix(".new")
    with draft.open("wb") as out:
        out.write(orjson.dumps(told, option=_JSON))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def runs(folder: Path) -> Sequence[str]:
    """The names of all runs, the oldest first."""
    return sorted(one.parent.name for one in folder.glob("*/run.json"))
