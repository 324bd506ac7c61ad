"""The deadman's switch: one alert that always fires, told often and by itself, which nothing silences or counts.

Whoever listens raises the alarm when it is not heard any more, so whatever can hold it back is a false alarm; and as it
fires while all is well, no panel may show it as a problem.
"""

import re
from collections.abc import Iterator

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.matchers import Matcher, matchers
from kit.check.parts.routing import ALERTMANAGER, Tree, trees
from kit.check.parts.ruled import Ruled
from kit.model.alert import HEARTBEAT
from kit.model.words import seconds

ID = "deadman"
_OFTEN = 600  # seconds; who listens waits for a few of them
_COUNTED = re.compile(r"\bALERTS\b(\{[^}]*\})?")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for tree, rules in trees(build):
        beats = [rule for rule in rules if (rule.json.get("labels") or {}).get("severity") == HEARTBEAT]
        for message in (*_rule(beats), *_route(tree)):
            yield Finding(ruled.file(tree.path), ID, "Watchdog", message)
    for message in _inhibited(build):
        yield Finding(ruled.file(ALERTMANAGER), ID, "Watchdog", message)
    for board in build.dashboards:
        marks = [str(one.get("expr", "")) for one in (board.json.get("annotations") or {}).get("list") or ()]
        for message in dict.fromkeys(message for text in marks for message in _counts(text)):
            yield Finding(board.where, ID, str(board.json.get("title")), message)
        for panel in board.panels:
            for message in dict.fromkeys(_shows(panel.json)):
                yield Finding(panel.where, ID, panel.subject, message)


def _rule(beats: list[Ruled]) -> Iterator[str]:
    if len(beats) != 1:
        named = ", ".join(rule.name for rule in beats) or "none"
        yield f"one alert of severity {HEARTBEAT} is the deadman's switch, and there are: {named}; define one"
    for rule in beats:
        if seconds(str(rule.json.get("for", "0s"))):
            yield f"{rule.name} is held back by for: {rule.json['for']}; let it fire at once"


def _route(tree: Tree) -> Iterator[str]:
    own = [route for route in tree.root.get("routes") or () if _only(route)]
    if not own:
        yield f"no route takes severity {HEARTBEAT} alone, so it is told seldom; give it one"
    for route in own:
        if route.get("mute_time_intervals") or route.get("active_time_intervals"):
            yield "its route is muted at times, which sounds like a failure; let it through always"
        for key in ("group_interval", "repeat_interval"):
            told = str(route.get(key) or tree.root.get(key))
            if seconds(told) > _OFTEN:
                yield f"its route has a {key} of {told}; {_OFTEN // 60}m is the most, or silence is noticed late"


def _only(route: Json) -> bool:
    many = len(route.get("object_matchers") or ()) + len(route.get("matchers") or ())
    return many == 1 and [*matchers(route)] == [Matcher("severity", "=", HEARTBEAT)]


def _inhibited(build: Build) -> Iterator[str]:
    for rule in (build.yaml.get(ALERTMANAGER) or {}).get("inhibit_rules") or ():
        asked = matchers({"matchers": rule.get("target_matchers")})
        if not any((one.label, one.sign) == ("severity", "=") and one.value not in ("", HEARTBEAT) for one in asked):
            yield "an inhibition rule can silence it; let its target be one other severity"


def _shows(panel: Json) -> Iterator[str]:
    if panel.get("type") == "alertlist":
        asked = str((panel.get("options") or {}).get("alertInstanceLabelFilter", ""))
        if f'severity!="{HEARTBEAT}"' not in asked:
            yield f'it lists the Watchdog as a problem; filter by severity!="{HEARTBEAT}"'
    for target in panel.get("targets") or ():
        yield from _counts(str(target.get("expr", "")))


def _counts(text: str) -> Iterator[str]:
    for found in _COUNTED.finditer(text):
        if f'severity!="{HEARTBEAT}"' not in (found[1] or ""):
            yield f'it counts the Watchdog as a problem; ask for ALERTS with severity!="{HEARTBEAT}"'
