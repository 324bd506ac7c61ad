"""What happened, as a machine reads it. Nothing is printed here; no secrets, no contents.

```
{"command": "publish", "build": hash, "commit": sha or "", "exit": code of all targets,
 "sentence": why it came to no target (a mistake in grafanas.toml, a stale build), or "", "targets": [{
   "target": name, "url": without a login, "grafana": version or null, "org": number or null,
   "exit": code, "sentence": what is wrong or "",
   "counts": {"create", "update", "move", "delete", "unchanged", "edited", "foreign", "orphan": number}
             or null where nothing could be compared,
   "steps": [{"action": one of the counts, "kind", "key", "title", "detail",
              "place": uid of its folder ("" at the top), "from": uid of the folder that it leaves or left, or null}],
   "results": [{"kind", "key", "outcome": "written", "there" (already, so nothing was sent), "failed", "unknown" or
               "not tried", "sentence"}],
   "run": name to roll back or "", "notes": [sentence]}]}
```

Of `drift`, `create` is what was deleted in Grafana, `edited` what was changed or moved there. `results` is empty where
nothing was to be written. Texts are as Grafana has them: who shows them on a terminal takes care of control characters.
"""

from collections.abc import Sequence
from typing import Any, get_args

import orjson

from kit.live.web import without_secrets
from kit.publish.model import Action, Plan, Result, Step
from kit.publish.outcome import Outcome
from kit.publish.tell import told


def report(outcomes: Sequence[Outcome], commit: str, build: str) -> bytes:
    """The report of all targets, indented, without a final line end."""
    command = outcomes[0].command if outcomes else ""
    return _dumped(command, build, commit, told.worst(outcomes), "", [_target(one) for one in outcomes])


def refused(command: str, code: int, sentence: str) -> bytes:
    """The report of a command that came to no target."""
    return _dumped(command, "", "", code, _text(sentence), [])


def _dumped(command: str, build: str, commit: str, code: int, sentence: str, targets: Sequence[Any]) -> bytes:
    whole = {
        "command": command, "build": build, "commit": commit, "exit": code, "sentence": sentence, "targets": targets,
    }  # fmt: skip
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)


def _target(outcome: Outcome) -> dict[str, Any]:
    server, plan, ended = outcome.server, outcome.plan, outcome.report
    return {
        "target": _text(outcome.target.name),
        "url": _text(without_secrets(outcome.target.url)),
        "grafana": _text(server.version) if server else None,
        "org": server.org if server else outcome.target.org,
        "exit": outcome.code,
        "sentence": _text(outcome.sentence),
        "counts": _counts(plan) if plan else None,
        "steps": [_step(step) for step in plan.steps] if plan else [],
        "results": [_result(one) for one in ended.results] if ended else [],
        "run": _text(ended.run) if ended else "",
        "notes": [_text(note) for note in (*outcome.notes, *(plan.notes if plan else ()))],
    }


def _counts(plan: Plan) -> dict[str, int]:
    counts = {action: len(plan.of(action)) for action in get_args(Action)}
    return {**counts, "unchanged": plan.unchanged}


def _step(step: Step) -> dict[str, str | None]:
    there = step.found if step.action in ("edited", "foreign") or step.item is None else step.item
    return {
        "action": step.action, "kind": step.kind, "key": _text(step.key), "title": _text(step.title),
        "detail": _text(step.detail), "place": _text(there.place) if there else "", "from": _left(step),
    }  # fmt: skip


def _left(step: Step) -> str | None:
    """The folder that it leaves, or that somebody took it from."""
    found = step.found
    if found is None:
        return None
    if step.action == "edited":
        return _text(found.home) if found.home not in (None, found.place) else None
    writes = step.item is not None and step.action in ("update", "move")
    return _text(found.place) if writes and step.item and step.item.place != found.place else None


def _result(result: Result) -> dict[str, str]:
    return {
        "kind": result.step.kind, "key": _text(result.step.key), "outcome": result.outcome,
        "sentence": _text(result.sentence),
    }  # fmt: skip


def _text(text: str | None) -> str:
    """JSON has no half of a surrogate pair."""
    return (text or "").encode("utf-8", "replace").decode()
