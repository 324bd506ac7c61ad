"""Every severity that rules have reaches somebody, and every receiver is reached.

Routes are walked as both evaluators do: the first that wants the alert takes it, and the next only where that one
says `continue` (https://prometheus.io/docs/alerting/latest/configuration/#route).
"""

from collections.abc import Iterator, Sequence

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.matchers import Matcher, matchers
from kit.check.parts.routing import Tree, trees
from kit.model.words import nearest

ID = "notification"


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for tree, rules in trees(build):
        severities = dict.fromkeys(str((rule.json.get("labels") or {}).get("severity")) for rule in rules)
        for subject, message in (*_routes(tree), *_reach(tree, list(severities))):
            yield Finding(ruled.file(tree.path), ID, subject, message)


def _all(route: Json) -> Iterator[Json]:
    yield route
    for below in route.get("routes") or ():
        yield from _all(below)


def _routes(tree: Tree) -> Iterator[tuple[str, str]]:
    for route in _all(tree.root):
        name = str(route.get("receiver", tree.root.get("receiver")))
        if name not in tree.receivers:
            yield f"route to {name}", f"no such receiver exists{nearest(name, tree.receivers)}"
        for mute in (*(route.get("mute_time_intervals") or ()), *(route.get("active_time_intervals") or ())):
            if mute not in tree.mutes:
                yield f"route to {name}", f"its mute timing '{mute}' does not exist{nearest(mute, tree.mutes)}"


def _reach(tree: Tree, severities: Sequence[str]) -> Iterator[tuple[str, str]]:
    reached: set[str] = set()
    for severity in severities:
        found = _walk(tree.root, severity)
        if found is None:
            yield f"severity {severity}", "no route asks for it, so it goes to the default receiver; write a route"
        reached |= found or {str(tree.root.get("receiver"))}
    for name in tree.receivers:
        if severities and name not in reached:
            yield f"receiver {name}", "no alert ever reaches it; route to it, and let the routes before it continue"


def _walk(root: Json, severity: str) -> set[str] | None:
    """The receivers of an alert of that severity; None where no route below the root wants it."""
    found: set[str] = set()
    for route in root.get("routes") or ():
        if all(_wants(matcher, severity) for matcher in matchers(route)):
            name = str(route.get("receiver", root.get("receiver")))
            found |= _walk({"receiver": name, **route}, severity) or {name}
            if not route.get("continue"):
                break
    return found or None


def _wants(matcher: Matcher, severity: str) -> bool:
    return matcher.label != "severity" or matcher.wants(severity)
