"""Every rule's severity reaches somebody, no route is in vain, and every receiver is reached.

No route tells of a cause before all of it can be there: it waits longer than one evaluation takes to come round.

Routes are walked as both evaluators do: the first that wants the alert takes it, and the next only where that one
says `continue` (https://prometheus.io/docs/alerting/latest/configuration/#route).
"""

from collections.abc import Iterator, Sequence

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.matchers import Matcher, matchers, readable
from kit.check.parts.routing import Tree, notifies, trees
from kit.check.parts.ruled import Ruled
from kit.emit.grafana_rules import INTERVAL
from kit.model.alert import HEARTBEAT
from kit.model.words import nearest, seconds

ID = "notification"
# The labels that are known of every rule, in this order.
NAMES = ("alertname", "severity", "signal")
SEVERITY = NAMES.index("severity")
Labels = tuple[str, str, str]


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for tree, rules in trees(build):
        asked = list(dict.fromkeys(_labels(rule) for rule in rules))
        for subject, message in (*_routes(tree), *_reach(tree, asked)):
            yield Finding(ruled.file(tree.path), ID, subject, message)
        if notifies(tree, build):
            for subject, message in _waits(build):
                yield Finding(ruled.file(tree.path), ID, subject, message)


def _waits(build: Build) -> Iterator[tuple[str, str]]:
    """As they are written: a build that is scaled has intervals with a floor, and waits without one."""
    product = build.product
    interval = INTERVAL if product.settings.evaluator == "grafana" else product.settings.rule_interval
    for route in product.routing.routes if product.routing else ():
        if route.severity != HEARTBEAT and seconds(route.wait) <= seconds(interval):
            yield (
                f"severity {route.severity}",
                f"its group_wait of {route.wait} is over before the next evaluation, {interval} later, so that one "
                "cause can be two messages; make wait= in alerts/channels.py longer than that",
            )


def _labels(rule: Ruled) -> Labels:
    """The labels that a rule always has; those of its series are not known here."""
    labels = rule.json.get("labels") or {}
    return rule.name, str(labels.get("severity")), str(labels.get("signal"))


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
        for text in route.get("matchers") or ():
            if not readable(text):
                yield f"route to {name}", f"its matcher '{text}' is none; write it like severity = \"critical\""


def _reach(tree: Tree, asked: Sequence[Labels]) -> Iterator[tuple[str, str]]:
    reached: set[str] = set()
    unasked: dict[str, None] = {}
    taken: set[int] = set()
    for labels in asked:
        found = _walk(tree.root, labels, taken)
        if found is None:
            unasked[labels[SEVERITY]] = None
        reached |= found or {str(tree.root.get("receiver"))}
    for severity in unasked:
        yield f"severity {severity}", "no route asks for it, so it goes to the default receiver; write a route"
    for name in tree.receivers:
        if asked and name not in reached:
            yield f"receiver {name}", "no alert ever reaches it; route to it, and let the routes before it continue"
    for route in _all(tree.root):
        name = str(route.get("receiver", tree.root.get("receiver")))
        if asked and route is not tree.root and id(route) not in taken and name in reached:
            yield f"route to {name}", "no alert ever takes it; no rule has such labels, or a route before it takes them"


def _walk(root: Json, labels: Labels, taken: set[int]) -> set[str] | None:
    """The receivers of an alert with those labels, None where no route below the root wants it; notes the routes."""
    found: set[str] = set()
    for route in root.get("routes") or ():
        wishes = [_wants(matcher, labels) for matcher in matchers(route)]
        if False not in wishes:
            taken.add(id(route))
            name = str(route.get("receiver", root.get("receiver")))
            found |= _walk({"receiver": name, **route}, labels, taken) or {name}
            # What depends on a label of the series may also be passed by.
            if not route.get("continue") and None not in wishes:
                break
    return found or None


def _wants(matcher: Matcher, labels: Labels) -> bool | None:
    """Does an alert with those labels match? None where that depends on its series."""
    return matcher.wants(labels[NAMES.index(matcher.label)]) if matcher.label in NAMES else None
