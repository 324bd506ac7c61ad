"""One double of Grafana with everything that is known of it beside: who made what is there, and what is to be there.

`held` says what the double holds, `wanted` what it is to hold of a version; neither asks the code under test.
"""

import hashlib
from pathlib import Path

import orjson
from attrs import define, field

from tests.double import Double
from tests.double.rules import keep
from tests.publish.faults.versions import SECRETS, SOURCE

NOTED = "dataflux.io/published"
PASSWORD = "canary-of-the-login"
PLACEHOLDERS = ("http://127.0.0.1:9/not-set", "not-set")
# What a rule gets by being stored.
_STORED = ("id", "guid", "version", "updated")
LOCKED = ("dashboard", "folder", "template", "mute timing", "inhibition")
STATES = {"dashboard": "dashboards", "folder": "folders", "template": "templates", "mute timing": "mute_timings",
          "inhibition": "inhibition_rules", "contact point": "contact_points"}  # fmt: skip


def held(double):
    """(kind, key) → (place, content, labels, annotations) of everything there, without numbers and times."""
    state = double.state
    with state.lock:
        found = {("folder", uid): _resource(one) for uid, one in state.folders.items()}
        found |= {("dashboard", uid): _resource(one) for uid, one in state.dashboards.items()}
        found |= {("rules", f"{folder}/{name}"): (folder, _group(one)) for (folder, name), one in state.groups.items()}
        for kind in ("contact point", "template", "mute timing", "inhibition"):
            found |= {(kind, key): ("", _plain(one)) for key, one in getattr(state, STATES[kind]).items()}
        found |= {("data source", uid): ("", one) for uid, one in state.datasources.items()}
        if state.policies.get("receiver") != "empty":
            found["policies", "policies"] = ("", state.policies)
        return found  # values of the double are replaced, never changed


def _resource(one):
    """The ledger is no part of a folder: it is what the other objects are compared by."""
    notes = {key: text for key, text in one.annotations.items() if key not in (NOTED, "grafana.app/folder")}
    return one.folder, one.spec, one.labels, notes


def _group(one):
    rules = [{key: value for key, value in each.items() if key not in _STORED} for each in one.rules]
    return {"interval": one.interval, "rules": rules}


def _plain(one):
    kept = {key: value for key, value in one.items() if key not in ("metadata", "version")}
    return kept | {"by": one["metadata"].get("annotations")} if "metadata" in one else kept


def fits(double, target, version, name, now):
    """Whether what is held of an object (None: nothing) is what a version is to have there."""
    wanted = version.objects.get(name)
    if name == ("data source", "prometheus"):
        return now is not None
    if wanted is None or now is None:
        return wanted is now
    (kind, key), (place, content) = name, wanted
    return now[0] == place and _FITS[kind](double, target, version, key, place, content, now)


def _fits_resource(double, target, version, key, place, content, now):
    _, spec, labels, notes = now
    if not double.apis:
        return spec == content or spec == {**content, "description": ""}
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    lock = {"grafana.app/managedBy": "kubectl", "grafana.app/managerId": "dataflux"} if target.lock else {}
    wanted = {"grafana.app/sourceChecksum": f"sha256:{digest}", "grafana.app/message": version.sha, **lock}
    # The commit of what did not change since stays.
    same = {k: v for k, v in notes.items() if k != "grafana.app/message"}
    owner = {"dataflux.io/set": place or key}
    marked = all(same.get(k) == v for k, v in wanted.items() if k != "grafana.app/message")
    locked = ("grafana.app/managedBy" in notes) == target.lock
    return spec == content and labels == owner and marked and locked and notes.get("dataflux.io/folder", "") == place


def _fits_rules(double, target, version, key, place, content, now):
    there = now[1]
    origin = {"provenance": "api"} if target.provenance == "api" else {}
    own = {"folderUID": place, "ruleGroup": key.partition("/")[2], **origin}
    alike = len(there["rules"]) == len(content["rules"]) and there["interval"] == content["interval"]
    return alike and all(
        {**one, **own}.items() <= rule.items() and ("provenance" in rule) == bool(origin)
        for rule, one in zip(there["rules"], content["rules"], strict=True)
    )


def _origin(target):
    return {"provenance": "api"} if target.provenance == "api" else {}


def _fits_point(double, target, version, key, place, content, now):
    settings = {name: SECRETS[text[1:]] if text[:1] == "$" else text for name, text in content["settings"].items()}
    unset = [name for name, text in content["settings"].items() if text[1:] in double.unset]
    settings |= {name: now[1]["settings"][name] for name in unset if now[1]["settings"].get(name) in PLACEHOLDERS}
    wanted = {"uid": key, **content, "settings": settings, "disableResolveMessage": False, **_origin(target)}
    return now[1] == wanted


def _fits_policies(double, target, version, key, place, content, now):
    return now[1] == {**content, **_origin(target)}


def _fits_template(double, target, version, key, place, content, now):
    return now[1] == {"name": key, "template": content, **_origin(target)}


def _fits_timing(double, target, version, key, place, content, now):
    return now[1] == {"name": key, "time_intervals": content, **_origin(target)}


def _fits_inhibition(double, target, version, key, place, content, now):
    signs = [f'{one["label"]} {one["type"]} "{one["value"]}"' for one in now[1]["spec"]["source_matchers"]]
    return signs == content["source_matchers"] and now[1]["spec"]["equal"] == content["equal"]


_FITS = {
    "folder": _fits_resource, "dashboard": _fits_resource, "rules": _fits_rules, "contact point": _fits_point,
    "policies": _fits_policies, "template": _fits_template, "mute timing": _fits_timing, "inhibition": _fits_inhibition,
}  # fmt: skip


@define
class World:
    """`theirs` is what people made or edited, as they left it; `ever` the names of all that they touched since it was
    written last; `during` what they touched while a run wrote, as they left it, `late` the names of that which they
    touched once all was written;
    `unset` are variables that are not set; `veiled` are contact points of which Grafana lost a write, so that a secret
    which it shows to nobody may be another than was sent; `blurred`: a note of what was published may have been lost;
    `left`: what runs meant to leave of groups out of which others take rules; `meant`: the versions of an object that
    runs meant to write, and did not;
    `first` is how an object was before somebody edited it."""

    double: Double
    history: Path
    target: object
    random: object
    theirs: dict = field(factory=dict)
    ever: set = field(factory=set)
    during: dict = field(factory=dict)
    late: set = field(factory=set)
    number: int = 0
    blurred: bool = False
    left: dict = field(factory=dict)
    meant: dict = field(factory=dict)
    veiled: set = field(factory=set)
    first: dict = field(factory=dict)
    unset: tuple = ()
    log: list = field(factory=list)

    def mark(self):
        self.number += 1
        return self.number

    def say(self, *words):
        self.log.append(" ".join(str(word) for word in words))

    def now(self, name):
        return held(self.double).get(name)

    def open(self, kind):
        """Whether people can change objects of this kind in Grafana."""
        shut = self.target.provenance == "api" and kind not in ("dashboard", "folder", "inhibition")
        return not shut or (kind == "policies" and self.target.policies == "ignore")

    def publishes(self, kind):
        """Whether this target takes objects of this kind."""
        left = {"policies": self.target.policies == "ignore", "inhibition": not self.double.inhibits}
        return not left.get(kind, False)

    def touched(self, name, live, late, made=False):
        """Remember how a person left an object; `live`: during a run; `late`: once it wrote everything."""
        kept = self.now(name)
        self.ever.add(name)
        if live:
            self.during[name] = kept
        if late:
            self.late.add(name)
        undone = kept is not None and kept == self.first.get(name)  # put back where it was by hand: no edit any more
        if kept is None or undone or not (made or self.open(name[0])):
            self.theirs.pop(name, None)
        else:
            self.theirs[name] = kept

    # What people do

    def edits(self, name, random, *, live=False, late=False):
        """A person changes an object that is there; what was done, or ""."""
        with self.double.state.lock:
            before = self.now(name)
            if before is None:
                return ""
            did = _EDITS[name[0]](self, name[1], random)
            if self.now(name) == before:
                return ""
            if name not in self.theirs:
                self.first[name] = before
            if did:
                self.touched(name, live, late)
                self.say(f"    a person {did}: {name[0]} {name[1]}")
            return did

    def deletes(self, name, *, live=False, late=False):
        kind, key = name
        with self.double.state.lock:
            if kind == "rules":
                folder, _, group = key.partition("/")
                self.double.state.groups.pop((folder, group), None)
            else:
                getattr(self.double.state, STATES[kind]).pop(key, None)
            self.touched(name, live, late)
            self.say(f"    a person deletes: {kind} {key}")
        return "deletes"

    def makes(self, name, random):
        """A person makes an object that has a name of ours, or lies among ours."""
        with self.double.state.lock:
            if self.now(name) is not None or not _MAKES[name[0]](self, name[1], random):
                return
            self.touched(name, False, False, made=True)
            self.say(f"    a person makes: {name[0]} {name[1]}")


def _edit_dashboard(world, uid, random):
    person, mark = world.double.person, world.mark()
    how = random.choice(["edits", "edits", "moves", "saves classically", "unmarks", "manages"])
    if how == "edits":
        person.edits_dashboard(uid, {"title": f"by hand {mark}"})
    elif how == "moves":
        there = [one for one in world.double.state.folders if one != world.double.state.dashboards[uid].folder]
        person.moves_dashboard(uid, random.choice(sorted(there)) if there else "")
    elif how == "saves classically":
        person.classic_write(uid, {"title": f"by hand {mark}"})
    elif not world.double.apis or world.target.lock:
        return ""
    elif how == "unmarks":
        person.annotates("dashboards", uid, labels={"dataflux.io/set": None}, annotations={"x": str(mark)})
    else:
        by = {"grafana.app/managedBy": "repo", "grafana.app/managerId": "platform"}
        person.annotates("dashboards", uid, annotations=by)
    return how


def _edit_folder(world, uid, random):
    person, state = world.double.person, world.double.state
    if random.random() < 0.5:
        person.edits_folder(uid, {"title": f"by hand {world.mark()}"})
        return "renames"
    if state.folders[uid].folder or any(one.folder == uid for one in state.folders.values()):
        return ""
    tops = [one for one in sorted(state.folders) if one != uid and not state.folders[one].folder]
    if not tops:
        return ""
    person.moves_folder(uid, random.choice(tops))
    return "moves"


def _edit_rules(world, key, random):
    folder, _, name = key.partition("/")
    state, mark = world.double.state, world.mark()
    group = state.groups[folder, name]
    how = random.choice(["edits", "edits", "interval", "takes one out"])
    if how == "edits":
        world.double.person.edits_rule(random.choice(group.rules)["uid"], {"labels": {"by": f"hand {mark}"}})
    elif how == "interval":
        world.double.person.edits_group(folder, name, interval=group.interval + 10)
    elif len(group.rules) > 1:
        with state.lock:
            keep(world.double, type(group)(folder, name, group.interval, group.rules[:-1]))
    else:
        return ""
    return how


def _edit_point(world, uid, random):
    old = world.double.state.contact_points[uid]
    shown = {"slack": "recipient", "webhook": "message", "email": "subject"}[old["type"]]
    world.double.person.edits_contact_point(uid, {"settings": {**old["settings"], shown: f"by hand {world.mark()}"}})
    return "edits"


def _edit_policies(world, key, random):
    world.double.person.edits_policies({"group_by": [f"by hand {world.mark()}"]})
    return "edits"


def _edit_template(world, name, random):
    world.double.person.edits_template(name, f'{{{{ define "{name}.title" }}}}by hand {world.mark()}{{{{ end }}}}')
    return "edits"


def _edit_timing(world, name, random):
    world.double.person.edits_mute_timing(name, {"time_intervals": [{"years": [str(3000 + world.mark())]}]})
    return "edits"


def _edit_inhibition(world, name, random):
    world.double.person.edits_inhibition_rule(name, {"equal": [f"by-hand-{world.mark()}"]})
    return "edits"


def _edit_source(world, uid, random):
    world.double.person.edits_datasource(uid, {"url": f"http://by-hand-{world.mark()}:9090"})
    return "edits"


_EDITS = {
    "dashboard": _edit_dashboard, "folder": _edit_folder, "rules": _edit_rules, "contact point": _edit_point,
    "policies": _edit_policies, "template": _edit_template, "mute timing": _edit_timing,
    "inhibition": _edit_inhibition, "data source": _edit_source,
}  # fmt: skip


def _make_dashboard(world, uid, random):
    # Grafana changes no manager to another one in a write, so that our lock cannot take one over.
    by = random.choice([None, ("repo", "platform")]) if world.double.apis and not world.target.lock else None
    folder = random.choice(sorted(world.double.state.folders) or [""])
    return world.double.person.creates_dashboard(uid, f"made {world.mark()}", folder, managed_by=by)


def _make_folder(world, uid, random):
    return world.double.person.creates_folder(uid, f"made {world.mark()}")


def _make_rules(world, key, random):
    """A group of its own, or one that holds a uid of ours."""
    from tests.publish.faults.versions import rule

    folder, _, name = key.partition("/")
    uid = random.choice(["theirs", "theirs", "r5"])
    if uid in world.double.state.rules() or folder not in world.double.state.folders:
        return None
    origin = random.choice(["", "api"])
    return world.double.person.creates_group(folder, name, [rule(uid, "vector(1)")], provenance=origin)


def _make_point(world, uid, random):
    made = {"uid": uid, "name": f"made {world.mark()}", "type": "email", "settings": {"addresses": "a@example.org"},
            "disableResolveMessage": False}  # fmt: skip
    return world.double.state.contact_points.setdefault(uid, made)


_MAKES = {"dashboard": _make_dashboard, "folder": _make_folder, "rules": _make_rules, "contact point": _make_point}
MADE = (
    ("dashboard", "df-4"), ("dashboard", "df-5"), ("dashboard", "theirs"), ("folder", "theirs"),
    ("folder", "dataflux-more"), ("rules", "theirs/theirs"), ("rules", "dataflux-alerts/theirs"),
    ("rules", "dataflux-alerts/hosts"), ("contact point", "df-mail"), ("contact point", "theirs"),
)  # fmt: skip
SOURCES = (SOURCE,)
