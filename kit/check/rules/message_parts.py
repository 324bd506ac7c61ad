"""The templates of messages render: well formed, and asking only for what is there. Mute timings are hours of a day."""

from collections.abc import Iterable, Iterator

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import routing, ruled
from kit.check.parts.go_template import read
from kit.check.parts.message_data import ALERTMANAGER, ANY, GRAFANA
from kit.check.parts.message_walk import Walk
from kit.check.parts.routing import Tree, trees
from kit.check.parts.texts import texts
from kit.model.setting_kinds import CLOCK

ID = "message-parts"


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for tree, _ in trees(build):
        for subject, message in (*_mutes(tree), *_templates(tree)):
            yield Finding(ruled.file(tree.path), ID, subject, message)


def _mutes(tree: Tree) -> Iterator[tuple[str, str]]:
    for name, intervals in tree.mutes.items():
        for times in (times for interval in intervals for times in interval.get("times") or ()):
            start, end = str(times.get("start_time")), str(times.get("end_time"))
            if not CLOCK.fullmatch(start) or not CLOCK.fullmatch(end) or start >= end:
                message = f"'{start}' to '{end}' is no time of a day; write 03:00 and a later hour of the same day"
                yield f"mute timing {name}", message


def _templates(tree: Tree) -> Iterator[tuple[str, str]]:
    """Every text of a receiver is walked as it is rendered, and every template with what it was called with."""
    loose, defined = read(tree.templates)
    yield from (("templates", fault) for fault in loose.faults)
    if loose.faults:
        return
    walk = Walk(ALERTMANAGER if tree.path == routing.ALERTMANAGER else GRAFANA, defined)
    for name, receiver in tree.receivers.items():
        for text in (one for one in texts(receiver) if "{{" in one):
            used, own = read(text)
            faults = (*used.faults, *walk.text(used), *(f"it defines '{one}' in a setting" for one in own))
            yield from ((f"receiver {name}", fault) for fault in dict.fromkeys(faults))
    seen: dict[tuple[str, str], None] = {}
    while todo := [call for call in walk.called if call not in seen]:
        seen |= dict.fromkeys(todo)
        yield from _walked(walk, todo)
    called = {name for name, _ in seen}
    yield from _walked(walk, [(name, ANY) for name in defined if name not in called])


def _walked(walk: Walk, calls: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, dot in calls:
        for fault in dict.fromkeys(walk.faults(walk.defined[name], dot) if name in walk.defined else ()):
            yield f"template {name}", fault
