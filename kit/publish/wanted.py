"""The build → the objects that one Grafana should have: bodies for the API, made from what is compiled."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from attrs import frozen

from kit.publish import canonical, mapping, resource
from kit.publish.here.built import Built, Dashboard
from kit.publish.kinds import (
    alerting,
    contact_points,
    data_sources,
    folders,
    home,
    inhibition,
    mute_timings,
    permissions,
    policies,
    rules,
    templates,
)
from kit.publish.model import Item, Marks
from kit.publish.plan import names
from kit.publish.server import Server


@frozen
class Maker:
    """Makes the items of a build for one Grafana.

    `message` goes with what is written: the commit, if it is known. `overwrite` names data sources that are to be
    brought to what the build says; one that is there is else left alone, whatever it says.
    """

    built: Built
    server: Server
    message: str
    overwrite: Collection[str] = ()

    def items(self) -> tuple[Item, ...]:
        """Every object that should be there."""
        return (
            *self._folders(), *self._data_sources(), *self._templates(), *self._mute_timings(),
            *self._contact_points(), *map(self._dashboard, self.built.dashboards), *self._rules(), *self._policies(),
            *self._inhibition(), *self._permissions(), *self._home(),
        )  # fmt: skip

    def _folders(self) -> Iterator[Item]:
        target = self.server.target
        for folder in self.built.folders:
            body = folders.content(folder.title)
            yield self._resource("folder", folder.uid, folder.title, body, target.root, folder.uid, "")

    def _dashboard(self, one: Dashboard) -> Item:
        """Its content is read again from the file's bytes when it is needed, so that thousands fit into memory."""

        def load() -> Any:
            return mapping.mapped(one.spec(), self.server)

        digest = canonical.digest(load()) if mapping.uids(self.server) else one.digest
        path = f"{self.built.prefix}/{one.path}"
        marks = self._marks(one.folder, digest, one.folder, path)
        return Item(
            "dashboard", one.uid, one.title, digest, load, one.folder, path, self.message, marks,
            self._locks,
        )  # fmt: skip

    def _resource(self, kind: str, key: str, title: str, body: Any, place: str, owner: str, path: str) -> Item:
        digest = canonical.digest(body)
        marks = self._marks(place, digest, owner, path)
        return Item(kind, key, title, digest, lambda: body, place, path, self.message, marks, self._locks)

    def _marks(self, place: str, digest: str, owner: str, path: str) -> Marks:
        if not self.server.resources:
            return Marks()
        notes = {
            resource.FOLDER: place, resource.PUBLISHED_TO: place, resource.CHECKSUM: f"sha256:{digest}",
            resource.MESSAGE: self.message, resource.COMMIT: self.message, resource.SOURCE: path,
        }  # fmt: skip
        lock = resource.LOCK if self._locks else {}
        return Marks({resource.SET: owner}, {key: value for key, value in notes.items() if value} | lock)

    def _plain(self, kind: str, key: str, title: str, body: Any, place: str = "", path: str = "") -> Item:
        return Item(kind, key, title, canonical.digest(body), lambda: body, place, path, self.message)

    def _data_sources(self) -> Iterator[Item]:
        has_default = any(one.default for one in self.server.data_sources)
        for one in self.built.data_sources:
            known = self.server.data_source(one["uid"])
            body = data_sources.content(_unescaped(one))
            body["isDefault"] = known.default if known else body["isDefault"] and not has_default
            item = self._plain("data source", one["uid"], one["name"], body)
            overwritten = {*names(item), item.title} & {*self.overwrite}
            if creates(self.server, one["uid"]) and (known is None or overwritten):
                yield item

    def _templates(self) -> Iterator[Item]:
        for one in self.built.templates:
            yield self._plain("template", one["name"], one["name"], templates.content(one["template"], self._origin))

    def _mute_timings(self) -> Iterator[Item]:
        for one in self.built.mute_timings:
            body = mute_timings.content(one["time_intervals"], self._origin)
            yield self._plain("mute timing", one["name"], one["name"], body)

    def _contact_points(self) -> Iterator[Item]:
        for point in self.built.contact_points:
            for one in point["receivers"]:
                body = contact_points.content(point["name"], _unescaped(one), self._origin)
                yield self._plain("contact point", one["uid"], point["name"], body)

    def _rules(self) -> Iterator[Item]:
        for group in self.built.rule_groups:
            made = [mapping.mapped(dict(rule), self.server) for rule in group.rules]
            body = rules.content(group.interval, made, self._origin)
            key = rules.key_of(group.folder, group.name)
            path = f"{self.built.prefix}/grafana/provisioning/alerting/rules.yml"
            yield self._plain("rules", key, group.name, body, group.folder, path)

    def _policies(self) -> Iterator[Item]:
        if self.built.policies and self.server.target.policies == "own":
            yield self._plain(
                "policies", policies.KEY, policies.TITLE, policies.content(self.built.policies, self._origin)
            )

    def _inhibition(self) -> Iterator[Item]:
        if self.server.api(inhibition.GROUP):
            for number, rule in enumerate(self.built.inhibit_rules, 1):
                key = f"{alerting.PREFIX}-{number}"
                yield self._plain("inhibition", key, key, inhibition.content(rule))

    def _permissions(self) -> Iterator[Item]:
        uids = {folder.title: folder.uid for folder in self.built.folders}
        titles = {uid: title for title, uid in uids.items()}
        for named, who in self.server.target.permissions.items():
            uid = uids.get(named, named)
            yield self._plain("permissions", uid, titles.get(uid, named), permissions.content(who))

    def _home(self) -> Iterator[Item]:
        if uid := self.server.target.home:
            yield self._plain("home", home.KEY, home.TITLE, home.content(uid))

    @property
    def _locks(self) -> bool:
        """Only a resource can be locked: the classic API has no annotations."""
        return self.server.target.lock and self.server.resources

    @property
    def _origin(self) -> str:
        return alerting.provenance(self.server)


def creates(server: Server, uid: str) -> bool:
    """Whether a data source of the build is created there where it is missing, rather than mapped to another."""
    return server.target.create_data_sources and server.target.data_sources.get(uid, "create") == "create"


def _unescaped(value: Any) -> Any:
    """Files double a dollar that stays one, since Grafana expands variables in them; its API does not."""
    if isinstance(value, Mapping):
        return {key: _unescaped(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_unescaped(one) for one in value]
    return value.replace("$$", "$") if isinstance(value, str) else value
