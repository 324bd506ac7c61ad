"""Somebody else at the same Grafana: edits in the UI, and colleagues who publish or clean up.

A change is a function that is given a deep copy and changes it, or a dict that is merged over it.
"""

from attrs import evolve

from tests.double import folders, notes, rules
from tests.double.access import PERSON
from tests.double.canonical import canonical
from tests.double.store import FOLDER, MANAGER


class Person:
    """Acts on a double's state directly, as `login`."""

    def __init__(self, double, login=PERSON):
        self.double = double
        self.login = login

    @property
    def state(self):
        return self.double.state

    def applied(self, value, change):
        copied = self.state.copy(value)
        if not callable(change):
            return {**copied, **change}
        made = change(copied)
        return copied if made is None else made

    # Dashboards and folders

    def edits_dashboard(self, uid, change):
        """Saves in the UI: every label and annotation stays, generation and resourceVersion grow."""
        return self.edits("dashboards", uid, change)

    def edits_folder(self, uid, change):
        return self.edits("folders", uid, change)

    def edits(self, kind, uid, change):
        with self.state.lock:
            old = getattr(self.state, kind)[uid]
            spec = self.applied(old.spec, change)
            return self.state.change(kind, old, spec, old.labels, old.annotations, self.login.name, old.stored)

    def annotates(self, kind, uid, labels=None, annotations=None):
        """Changes labels and annotations alone; a value of None takes one away."""
        with self.state.lock:
            old = getattr(self.state, kind)[uid]
            new = [{**old.labels, **(labels or {})}, {**old.annotations, **(annotations or {})}]
            new = [{key: value for key, value in each.items() if value is not None} for each in new]
            return self.state.change(kind, old, old.spec, *new, self.login.name, old.stored)

    def moves_dashboard(self, uid, folder):
        return self.annotates("dashboards", uid, annotations={FOLDER: folder or None})

    def moves_folder(self, uid, parent):
        return self.annotates("folders", uid, annotations={FOLDER: parent or None})

    def classic_write(self, uid, change=None, folder=None, message=""):
        """Saves through the classic API, which wipes labels and annotations."""
        with self.state.lock:
            old = self.state.dashboards[uid]
            spec = self.applied(old.spec, change or {"title": old.title + " (saved)"})
            spec = canonical(spec) if old.stored == "v1" else spec
            place = {FOLDER: old.folder if folder is None else folder}
            return self.state.change("dashboards", old, spec, {}, place, self.login.name, old.stored, message)

    def creates_dashboard(self, uid, title=None, folder="", managed_by=None, spec=None, labels=None, annotations=None):
        """Makes a dashboard; `managed_by` is ("repo", "platform"), or the kind alone."""
        kind, identity = (managed_by, "somebody") if isinstance(managed_by, str) else (managed_by or (None, None))
        manager = {MANAGER: kind, "grafana.app/managerId": identity} if kind else {}
        content = canonical(spec or {"title": title or uid, "schemaVersion": 42, "panels": []})
        given = {FOLDER: folder, **manager, **(annotations or {})}
        with self.state.lock:
            return self.state.create("dashboards", uid, content, labels or {}, given, self.login.name)

    def publishes_dashboard(self, uid, spec, labels=None, annotations=None):
        """Replaces a dashboard through the resource API, labels and annotations too, or makes it."""
        with self.state.lock:
            old, given = self.state.dashboards.get(uid), (canonical(spec), labels or {}, annotations or {})
            if old:
                return self.state.change("dashboards", old, *given, self.login.name)
            return self.state.create("dashboards", uid, *given, self.login.name)

    def creates_folder(self, uid, title=None, parent="", labels=None, annotations=None):
        given = {FOLDER: parent, **(annotations or {})}
        with self.state.lock:
            if not parent:
                self.state.permissions[uid] = folders.granted(self.login)
            return self.state.create("folders", uid, {"title": title or uid}, labels or {}, given, self.login.name)

    # Alerting

    def edits_rule(self, uid, change):
        """Changes one rule; its provenance stays."""
        with self.state.lock:
            group, old = self.state.rules()[uid]
            new = {**self.applied(old, change), "version": old["version"] + 1, "updated": self.state.now()}
            kept = tuple(new if rule["uid"] == uid else rule for rule in group.rules)
            rules.keep(self.double, evolve(group, rules=kept))
            return new

    def edits_group(self, folder, name, **changes):
        """Changes a group's interval, or all its rules (`rules=` of the provisioning form)."""
        with self.state.lock:
            group = evolve(self.state.groups[folder, name], **changes)
            self.state.groups[folder, name] = group
            return group

    def creates_group(self, folder, name, given, provenance="", interval=60):
        """Makes a rule group of rules in the form of the provisioning API."""
        with self.state.lock:
            made = [rules.normal(self.double, each, folder, name) for each in given]
            rules.replace(self.double, rules.Group(folder, name), interval, made, provenance)
            return self.state.groups[folder, name]

    def edits_contact_point(self, uid, change):
        return self.edits_value("contact_points", uid, change)

    def edits_template(self, name, text):
        kept = {"template": text, "version": notes.version_of(text)}
        return self.edits_value("templates", name, kept)

    def edits_mute_timing(self, name, change):
        with self.state.lock:
            new = self.edits_value("mute_timings", name, change)
            new["version"] = notes.version_of([name, new["time_intervals"]])
            return new

    def edits_inhibition_rule(self, name, change):
        """`change` is of the spec."""
        with self.state.lock:
            old = self.state.inhibition_rules[name]
            spec = self.applied(old["spec"], change)
            metadata = {**old["metadata"], "resourceVersion": notes.version_of(spec)}
            self.state.inhibition_rules[name] = {**old, "metadata": metadata, "spec": spec}
            return self.state.inhibition_rules[name]

    def edits_policies(self, change):
        with self.state.lock:
            self.state.policies = self.applied(self.state.policies, change)
            return self.state.policies

    def edits_datasource(self, uid, change):
        return self.edits_value("datasources", uid, change)

    def edits_value(self, kind, key, change):
        with self.state.lock:
            held = getattr(self.state, kind)
            held[key] = self.applied(held[key], change)
            return held[key]

    def deletes(self, kind, key):
        """Deletes by the name of the state's attribute ("dashboards", "groups", …) and the key there."""
        with self.state.lock:
            if kind == "folders":
                folders.drop(self.state, key)
            elif kind == "rules":
                rules.take(self.double, key)
            else:
                getattr(self.state, kind).pop(key)
