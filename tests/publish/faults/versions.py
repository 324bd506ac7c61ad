"""Small builds, one version after another: what an author has in Python at a commit, and what Grafana is to hold then.

A version is a plain mapping (kind, key) → (place, content), from which the `Built` values of publishing are made.
"""

import hashlib
import itertools

import orjson
from attrs import evolve, field, frozen

from kit.publish.here.boards import Dashboard, Folder
from kit.publish.here.built import Built, RuleGroup
from tests.double.canonical import canonical

A, B, ALERTS, MORE = "dataflux-a", "dataflux-b", "dataflux-alerts", "dataflux-more"
SECRETS = {
    "SLACK_WEBHOOK_URL": "https://hooks.example.org/canary-of-slack",
    "WEBHOOK_URL": "https://hook.example.org/canary-of-the-hook",
    "WEBHOOK_TOKEN": "canary-of-the-token",
}
POINTS = {
    "df-slack": ("dataflux-slack", "slack", {"recipient": "#x", "url": "$SLACK_WEBHOOK_URL", "title": "T"}),
    "df-hook": ("dataflux-hook", "webhook", {"url": "$WEBHOOK_URL", "authorization_credentials": "$WEBHOOK_TOKEN"}),
    "df-mail": ("dataflux-mail", "email", {"addresses": "ops@example.org"}),
}
SOURCE = {"uid": "prometheus", "name": "Prometheus", "type": "prometheus", "access": "proxy", "isDefault": True,
          "url": "http://prometheus:9090"}  # fmt: skip


@frozen
class Version:
    """`behind` are the commits that came before it; `objects` is what it holds."""

    sha: str
    behind: frozenset = frozenset()
    objects: dict = field(factory=dict)

    def of(self, kind):
        return {key: one for (its, key), one in self.objects.items() if its == kind}


def board(title, text="Depth"):
    return canonical({"title": title, "tags": ["dataflux"], "schemaVersion": 42,
                      "panels": [{"id": 1, "title": text, "type": "stat"}]})  # fmt: skip


def rule(uid, expr="up"):
    query = {"refId": "A", "queryType": "", "relativeTimeRange": {"from": 600, "to": 0}, "datasourceUid": "prometheus",
             "model": {"refId": "A", "expr": expr, "intervalMs": 1000, "maxDataPoints": 43200}}  # fmt: skip
    return {"uid": uid, "title": uid, "condition": "A", "for": "1m", "noDataState": "OK", "execErrState": "KeepLast",
            "isPaused": False, "labels": {"severity": "critical"}, "data": [query]}  # fmt: skip


def point(uid):
    name, kind, settings = POINTS[uid]
    return {"name": name, "type": kind, "settings": settings}


def first():
    """The version that everything begins with."""
    route = {"receiver": "dataflux-hook", "object_matchers": [["severity", "=", "critical"]],
             "mute_time_intervals": ["dataflux-nights"]}  # fmt: skip
    objects = {("folder", uid): ("", {"title": uid.title()}) for uid in (A, B, ALERTS)}
    objects |= {("dashboard", f"df-{n}"): (A if n % 2 else B, board(f"Board {n}")) for n in range(1, 4)}
    objects |= {("rules", f"{ALERTS}/hosts"): (ALERTS, {"interval": 60, "rules": [rule("r1"), rule("r2")]})}
    objects |= {("rules", f"{ALERTS}/queues"): (ALERTS, {"interval": 60, "rules": [rule("r3")]})}
    objects |= {("contact point", uid): ("", point(uid)) for uid in ("df-slack", "df-hook")}
    objects |= {("template", "dataflux"): ("", '{{ define "dataflux.title" }}T{{ end }}')}
    objects |= {("mute timing", "dataflux-nights"): ("", [{"weekdays": ["sunday"]}])}
    objects |= {("policies", "policies"): ("", {"receiver": "dataflux-slack", "group_by": ["a"], "routes": [route]})}
    objects |= {("inhibition", "dataflux-1"): ("", inhibited("signal"))}
    return Version(_sha(), frozenset(), objects)


def inhibited(*equal):
    matchers = {"source_matchers": ['severity = "critical"'], "target_matchers": ['severity = "warning"']}
    return {**matchers, "equal": [*equal]}


_numbers = itertools.count(1)


def _sha():
    return hashlib.sha1(str(next(_numbers)).encode()).hexdigest()


def again(version, changes, merged=()):
    """The next commit: `changes` are merged over the objects, None takes one out."""
    objects = {name: one for name, one in {**version.objects, **changes}.items() if one is not None}
    behind = version.behind | {version.sha}
    for other in merged:
        behind |= other.behind | {other.sha}
    return Version(_sha(), behind, objects)


# What authors do


def changed(version, random, mark):
    """One change of an author to a version: its name, and the changes."""
    name = random.choice([*CHANGES])
    return name, CHANGES[name](version, random, mark) or {}


def _picked(version, random, kind):
    return random.choice(sorted(version.of(kind).items()) or [(None, (None, None))])


def _edit_board(version, random, mark):
    key, (place, _) = _picked(version, random, "dashboard")
    return key and {("dashboard", key): (place, board(f"Board {mark}", f"panel {mark}"))}


def _move_board(version, random, mark):
    key, (_, spec) = _picked(version, random, "dashboard")
    return key and {("dashboard", key): (random.choice(_folders(version)), spec)}


def _folders(version):
    return [uid for uid in version.of("folder") if uid != ALERTS]


def _add_board(version, random, mark):
    return {("dashboard", f"df-{random.randint(1, 6)}"): (random.choice(_folders(version)), board(f"New {mark}"))}


def _remove_board(version, random, mark):
    return {("dashboard", _picked(version, random, "dashboard")[0]): None}


def _rename_folder(version, random, mark):
    return {("folder", _picked(version, random, "folder")[0]): ("", {"title": f"Folder {mark}"})}


def _more_folder(version, random, mark):
    """Add a folder, or take it away with all that is in it."""
    if ("folder", MORE) not in version.objects:
        return {("folder", MORE): ("", {"title": f"More {mark}"}), ("dashboard", "df-7"): (MORE, board("Seven"))}
    inside = [name for name, (place, _) in version.objects.items() if place == MORE]
    return dict.fromkeys([("folder", MORE), *inside])


def _group(version, random):
    key, (place, content) = _picked(version, random, "rules")
    return key, place, content and {**content, "rules": [*content["rules"]]}


def _edit_rule(version, random, mark):
    key, place, content = _group(version, random)
    if key:
        number = random.randrange(len(content["rules"]))
        content["rules"][number] = rule(content["rules"][number]["uid"], f"up > {mark}")
        return {("rules", key): (place, content)}
    return None


def _add_rule(version, random, mark):
    key, place, content = _group(version, random)
    taken = {one["uid"] for _, many in version.of("rules").values() for one in many["rules"]}
    new = f"r{random.randint(1, 9)}"
    return key and new not in taken and {("rules", key): (place, {**content, "rules": [*content["rules"], rule(new)]})}


def _remove_rule(version, random, mark):
    key, place, content = _group(version, random)
    if key and len(content["rules"]) > 1:
        content["rules"].pop(random.randrange(len(content["rules"])))
        return {("rules", key): (place, content)}
    return None


def _move_rule(version, random, mark):
    """A rule goes from one group to another; a group of none is gone."""
    key, place, content = _group(version, random)
    other, there, into = _group(version, random)
    if not key or key == other:
        return None
    moved = content["rules"].pop(random.randrange(len(content["rules"])))
    into["rules"].insert(random.randint(0, len(into["rules"])), moved)
    return {("rules", key): (place, content) if content["rules"] else None, ("rules", other): (there, into)}


def _rename_group(version, random, mark):
    """All rules of a group go to a new one, in the same folder or another."""
    key, place, content = _group(version, random)
    folder = random.choice([ALERTS, ALERTS, A])
    return key and {("rules", key): None, ("rules", f"{folder}/g{mark}"): (folder, content)}


def _interval(version, random, mark):
    key, place, content = _group(version, random)
    return key and {("rules", key): (place, {**content, "interval": random.choice([10, 30, 60, 120])})}


def _all_rules(version, random, mark):
    """No rules at all, or some again; their folder comes and goes with them."""
    if version.of("rules"):
        return {("folder", ALERTS): None, **{("rules", key): None for key in version.of("rules")}}
    return {("folder", ALERTS): ("", {"title": "Alerts"}),
            ("rules", f"{ALERTS}/hosts"): (ALERTS, {"interval": 60, "rules": [rule("r1")]})}  # fmt: skip


def _edit_point(version, random, mark):
    key, (_, content) = _picked(version, random, "contact point")
    shown = {"slack": "recipient", "webhook": "message", "email": "subject"}[content["type"]]
    return {("contact point", key): ("", {**content, "settings": {**content["settings"], shown: f"#{mark}"}})}


def _rename_point(version, random, mark):
    """A contact point gets another name, by which the policies name it from then on."""
    key, (_, content) = _picked(version, random, "contact point")
    if not key:
        return None
    new = f"dataflux-{key.removeprefix('df-')}-{mark}"
    changes = {("contact point", key): ("", {**content, "name": new})}
    if tree := version.objects.get(("policies", "policies")):
        told = renamed(tree[1], {content["name"]: new})
        more = {"group_by": [str(mark)]} if random.random() < 0.5 else {}
        changes["policies", "policies"] = ("", {**told, **more})
    return changes


def renamed(route, names):
    """A policy tree with other names of contact points."""
    routes = {"routes": [renamed(one, names) for one in route["routes"]]} if "routes" in route else {}
    return {**route, "receiver": names.get(route["receiver"], route["receiver"]), **routes}


def _more_point(version, random, mark):
    return {("contact point", "df-mail"): None if "df-mail" in version.of("contact point") else ("", point("df-mail"))}


def _policies(version, random, mark):
    if ("policies", "policies") not in version.objects:
        return first().objects and {("policies", "policies"): ("", {"receiver": "dataflux-slack", "group_by": [mark]})}
    _, tree = version.objects["policies", "policies"]
    return {("policies", "policies"): ("", {**tree, "group_by": [str(mark)]})}


def _template(version, random, mark):
    name = random.choice(["dataflux", "dataflux-more"])
    gone = name == "dataflux-more" and name in version.of("template")
    return {("template", name): None if gone else ("", f'{{{{ define "{name}.title" }}}}{mark}{{{{ end }}}}')}


def _mute(version, random, mark):
    name = random.choice(["dataflux-nights", "dataflux-days"])
    gone = name == "dataflux-days" and name in version.of("mute timing")
    return {("mute timing", name): None if gone else ("", [{"weekdays": ["sunday"], "years": [str(2000 + mark)]}])}


def _inhibit(version, random, mark):
    last = "dataflux-2"
    if random.random() < 0.5:
        return {("inhibition", last): None if last in version.of("inhibition") else ("", inhibited("other"))}
    return {("inhibition", "dataflux-1"): ("", inhibited("signal", f"l{mark}"))}


CHANGES = {
    "edit a dashboard": _edit_board, "move a dashboard": _move_board, "add a dashboard": _add_board,
    "remove a dashboard": _remove_board, "rename a folder": _rename_folder, "add or remove a folder": _more_folder,
    "edit a rule": _edit_rule, "add a rule": _add_rule, "remove a rule": _remove_rule, "move a rule": _move_rule,
    "rename a group": _rename_group, "change an interval": _interval, "all rules": _all_rules,
    "edit a contact point": _edit_point, "rename a contact point": _rename_point,
    "add or remove a contact point": _more_point, "edit policies": _policies,
    "edit a template": _template, "edit a mute timing": _mute, "edit an inhibition rule": _inhibit,
}  # fmt: skip


# What publishing is given


def built(version, root):
    """The version as publishing reads it from its files."""
    alerts = {place for place, _ in version.of("rules").values()}
    return Built(
        root=root, out=root, build=version.sha, prefix="monitoring",
        folders=tuple(Folder(uid, one["title"], uid in alerts) for uid, (_, one) in version.of("folder").items()),
        dashboards=tuple(
            Dashboard(uid, spec["title"], place, f"{uid}.json", orjson.dumps({**spec, "uid": uid}))
            for uid, (place, spec) in version.of("dashboard").items()
        ),
        data_sources=(SOURCE,),
        rule_groups=tuple(
            RuleGroup(key.partition("/")[2], place, one["interval"], tuple(one["rules"]))
            for key, (place, one) in version.of("rules").items()
        ),
        contact_points=tuple(
            {"name": one["name"], "receivers": [{"uid": uid, "type": one["type"], "settings": one["settings"]}]}
            for uid, (_, one) in version.of("contact point").items()
        ),
        policies=next((tree for _, tree in version.of("policies").values()), None),
        mute_timings=tuple(
            {"name": name, "time_intervals": spans} for name, (_, spans) in version.of("mute timing").items()
        ),
        templates=tuple({"name": name, "template": text} for name, (_, text) in version.of("template").items()),
        inhibit_rules=tuple(one for _, one in version.of("inhibition").values()),
    )  # fmt: skip


__all__ = ["Version", "again", "board", "built", "changed", "evolve", "first", "rule"]
