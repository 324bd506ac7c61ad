"""What must hold before anything is planned or written; reads only. Any failure is exit code 3."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kit.model.words import nearest
from kit.publish.client import Grafana, path
from kit.publish.exits import PREFLIGHT, Refused
from kit.publish.here.boards import Folder
from kit.publish.here.built import Built
from kit.publish.here.targets import Target
from kit.publish.http.errors import Denied, NotFound, NotGrafana
from kit.publish.kinds import alerting, permissions
from kit.publish.model import Action, Found, Plan
from kit.publish.server import DataSource, Server
from kit.publish.together import together
from kit.publish.wanted import creates

# The oldest whose provisioning API has every kind that is published.
OLDEST = (10, 0)
# Grafana 13.1 takes five levels and refuses a sixth (recorded: folders-as-resources.json).
DEEPEST = 5
FILES = "this Grafana is provisioned from files; start it with PROVISION=datasources to publish to it"
# Files that are gone take their dashboards along, and leave folders and alerting as they are (tried on Grafana 13.1).
LEFT = (
    "this Grafana's folders or alerting came from files, and stay theirs in its database when they are gone; begin with"
    " an empty database, or delete them as docs/publishing.md says (A Grafana provisioned from files)"
)
_FROM_FILES = (f"provenance:{alerting.FILE}", "a provisioning file", "classic-file-provisioning")

# Grafana keeps a login's permissions for a minute, and those of a new folder are missing until then: its rules are not
# shown. Asked so, it looks them up again, for the reads and writes that follow as well.
_ALLOWED = "/api/access-control/user/permissions?reloadcache=true"
_PROVENANCE = "alert.provisioning.provenance:write"
_TREES = "notifications.alerting.grafana.app/routingtrees"
_VERBS: Mapping[Action, str] = {"create": "write", "update": "write", "delete": "delete"}


def _rules(verb: str) -> tuple[str, ...]:
    return f"alert.rules:{verb} and {_PROVENANCE}", "alert.rules.provisioning:write", "alert.provisioning:write"


def _notifications(*actions: str) -> tuple[str, ...]:
    """These, each of them enough; an editor has them. Then the wide ones, which an admin has."""
    narrow = (f"{action} and {_PROVENANCE}" for action in (*actions, "alert.notifications:write"))
    return *narrow, "alert.notifications.provisioning:write", "alert.provisioning:write"


# Kind and action → permissions, of which one is enough, the least of them first; "and": two that are so together
# (recorded: access.json).
NEEDED: Mapping[tuple[str, Action], tuple[str, ...]] = {
    ("folder", "create"): ("folders:create",),
    ("folder", "update"): ("folders:write",),
    ("folder", "move"): ("folders:write",),
    ("folder", "delete"): ("folders:delete",),
    ("dashboard", "create"): ("dashboards:create",),
    ("dashboard", "update"): ("dashboards:write",),
    ("dashboard", "move"): ("dashboards:write",),
    ("dashboard", "delete"): ("dashboards:delete",),
    ("data source", "create"): ("datasources:create",),
    ("data source", "update"): ("datasources:write",),
    ("data source", "delete"): ("datasources:delete",),
    ("permissions", "create"): ("folders.permissions:write",),
    ("permissions", "update"): ("folders.permissions:write",),
    ("home", "create"): ("orgs.preferences:write",),
    ("home", "update"): ("orgs.preferences:write",),
    ("inhibition", "create"): ("alert.notifications.inhibition-rules:write", "alert.notifications:write"),
    ("inhibition", "update"): ("alert.notifications.inhibition-rules:write", "alert.notifications:write"),
    ("inhibition", "delete"): ("alert.notifications.inhibition-rules:delete", "alert.notifications:write"),
    ("rules", "create"): _rules("create"),
    ("rules", "update"): _rules("write"),
    ("rules", "delete"): _rules("delete"),
    ("contact point", "create"): _notifications("alert.notifications.receivers:create"),
    ("contact point", "update"): _notifications("alert.notifications.receivers:write"),
    ("contact point", "delete"): _notifications("alert.notifications.receivers:delete"),
    ("policies", "create"): _notifications(f"{_TREES}:update", "alert.notifications.routes:write"),
    ("policies", "update"): _notifications(f"{_TREES}:update", "alert.notifications.routes:write"),
    ("policies", "delete"): _notifications(f"{_TREES}:delete", "alert.notifications.routes:write"),
    **{
        (kind, action): _notifications(f"alert.notifications.{what}:{verb}")
        for kind, what in (("template", "templates"), ("mute timing", "time-intervals"))
        for action, verb in _VERBS.items()
    },
}  # fmt: skip


def server(client: Grafana, target: Target, environ: Mapping[str, str]) -> Server:
    """Who answers there, as whom we are known, and what is served. Raises Refused, GrafanaError."""
    asked = ("/api/frontend/settings", "/api/org", "/apis", _ALLOWED)  # the last one for what it does
    settings, org, apis, _ = together(lambda one: _asked(client, one), asked)
    if isinstance(apis, NotGrafana) and not _before_resources(settings):
        raise apis
    if not isinstance(settings, Mapping) or "buildInfo" not in settings or not isinstance(org, Mapping):
        raise Refused(PREFLIGHT, f"{client.address} answers, but not as Grafana's API does")
    version = str(settings["buildInfo"].get("version", ""))
    _new_enough(client.address, version)
    if target.org is not None and org["id"] != target.org:
        raise Refused(PREFLIGHT, f"{client.address}: the login is in organisation {org['id']}, not in {target.org}")
    return Server(
        client, target, version, org["id"], org.get("name", ""),
        settings.get("namespace") or ("default" if org["id"] == 1 else f"org-{org['id']}"),
        frozenset(_served(apis)), tuple(_data_sources(settings)), environ,
    )  # fmt: skip


def _asked(client: Grafana, where: str) -> Any:
    """What only some serve, or show to some, may be missing."""
    try:
        return client.get(where).body
    except NotFound:
        return None
    except NotGrafana as error:
        if where != "/apis":
            raise
        return error
    except Denied:
        if where in ("/api/frontend/settings", "/api/org"):
            raise
        return None


def _before_resources(settings: Any) -> bool:
    """Whether it is older than the resource API: such a Grafana answers /apis with its own page."""
    version = _version(str(settings["buildInfo"].get("version", ""))) if isinstance(settings, Mapping) else None
    return version is not None and version < (12, 0)


def _new_enough(address: str, version: str) -> None:
    if (told := _version(version)) and told < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise Refused(PREFLIGHT, f"{address} is Grafana {version}; {oldest} or newer is needed")


def _version(text: str) -> tuple[int, int] | None:
    match = re.match(r"(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else None


def _served(apis: Any) -> Iterator[str]:
    for group in apis.get("groups", ()) if isinstance(apis, Mapping) else ():
        yield from (one["groupVersion"] for one in group["versions"])


def _data_sources(settings: Mapping[str, Any]) -> Iterator[DataSource]:
    for name, one in (settings.get("datasources") or {}).items():
        if one.get("uid"):
            yield DataSource(
                one["uid"], name, one.get("type", ""), bool(one.get("isDefault")), bool(one.get("readOnly"))
            )


def check(there: Server, built: Built) -> None:
    """What the build needs of this Grafana. Raises Refused with everything that is missing."""
    wrong = [*_missing_data_sources(there, built), *_named(there, built), *_folders(there)]
    if wrong:
        raise Refused(PREFLIGHT, "; ".join(wrong))


def _missing_data_sources(there: Server, built: Built) -> Iterator[str]:
    for one in built.data_sources:
        uid, found = one["uid"], there.data_source(one["uid"])
        if found is not None:
            if found.type != one["type"]:
                yield f"the data source {found.uid} there is of type {found.type}, and {uid} of the build {one['type']}"
        elif not creates(there, uid):
            meant = there.target.data_sources.get(uid, uid)
            known = ", ".join(sorted(f"{source.uid} ({source.name})" for source in there.data_sources)) or "none"
            yield (
                f"the data source {uid} of the build is to be '{meant}' there, which is missing"
                f" (there are: {known}); mend data_sources in grafanas.toml"
            )
        elif same := [every.uid for every in there.data_sources if every.name == one["name"]]:
            yield (
                f"there is a data source {one['name']} with the uid {same[0]} already, so {uid} cannot be created;"
                f' use it: {uid} = "{same[0]}" under data_sources in grafanas.toml'
            )


def _named(there: Server, built: Built) -> Iterator[str]:
    """What grafanas.toml names that is nowhere; of a rollback, which has no build, nothing is asked."""
    if not built.build:
        return
    sources, folders = {one["uid"] for one in built.data_sources}, {*map(_uid_and_title, built.folders)}
    for uid in there.target.data_sources.keys() - sources:
        yield f"the build has no data source '{uid}'{nearest(uid, sources)}; mend data_sources in grafanas.toml"
    for name in there.target.permissions.keys() - {one for pair in folders for one in pair}:
        yield f"the build has no folder '{name}'; mend permissions in grafanas.toml"
    yield from permissions.strangers(there, {who for named in there.target.permissions.values() for who in named})
    home = there.target.home
    if home and home not in {one.uid for one in built.dashboards}:
        try:
            there.client.get(path("api", "dashboards", "uid", home))
        except NotFound:
            yield f"the home dashboard '{home}' is neither in the build nor there; mend home in grafanas.toml"


def _uid_and_title(folder: Folder) -> tuple[str, str]:
    return folder.uid, folder.title


def _folders(there: Server) -> Iterator[str]:
    root = there.target.root
    if not root:
        return
    try:
        found = there.client.get(path("api", "folders", root)).body
    except NotFound:
        yield f"the root folder '{root}' is not there; create it, or mend root in grafanas.toml"
        return
    depth = len(found.get("parents") or ()) + 2
    if depth > DEEPEST:
        yield f"below '{root}' our folders would be {depth} levels deep, and Grafana takes {DEEPEST}; name another root"


def refuse_files(found: Mapping[str, Mapping[str, Found]], declared: Iterable[tuple[str, str]]) -> None:
    """Refuse a Grafana whose objects came from files: what is written there is lost, or refused. Raises Refused."""
    mine = ((kind, found.get(kind, {}).get(key)) for kind, key in declared if kind != "data source")
    of_files = [(kind, one) for kind, one in mine if one is not None and one.manager.startswith(_FROM_FILES)]
    if not of_files:
        return
    boards = any(kind == "dashboard" for kind, _ in of_files)
    kind, one = of_files[0]
    raise Refused(PREFLIGHT, f"{FILES if boards else LEFT} ({kind} {one.title})")


def unpermitted(there: Server, plan: Plan) -> str:
    """Which permissions the login lacks for a plan, in a sentence; empty where it has them, or where that is not told.

    Asked only where something is written. Raises GrafanaError.
    """
    may = _asked(there.client, _ALLOWED) if plan.writes else None
    if not isinstance(may, Mapping):  # not every Grafana tells
        return ""
    missing: dict[str, list[str]] = {}
    for step in plan.writes:
        enough: Sequence[str] = NEEDED.get((step.kind, step.action), ())
        if enough and not any(set(one.split(" and ")) <= may.keys() for one in enough):
            missing.setdefault(enough[0], []).append(step.kind)
        for one in permissions.looked_up(step.item) - may.keys() if step.item and step.kind == permissions.name else ():
            missing.setdefault(one, []).append(step.kind)
    if not missing:
        return ""
    named = "; ".join(f"{one} (for {', '.join(dict.fromkeys(kinds))})" for one, kinds in missing.items())
    return f"the login lacks permissions: {named}; see 'Least permissions' in docs/publishing.md"


def refuse_unpermitted(there: Server, plan: Plan) -> None:
    """Refuse a plan that the login has no permissions for, and name them. Raises Refused, GrafanaError."""
    if sentence := unpermitted(there, plan):
        raise Refused(PREFLIGHT, sentence)
