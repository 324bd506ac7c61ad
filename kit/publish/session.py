"""One Grafana, reached and read: where every command begins."""

from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from kit.publish import exits, preflight, reading, redacted, wanted
from kit.publish.client import CLOCK, Clock, Grafana
from kit.publish.exits import Refused
from kit.publish.here import commits
from kit.publish.here.built import Built
from kit.publish.here.targets import Target
from kit.publish.history import Run
from kit.publish.kinds import Kind, contact_points
from kit.publish.ledger import Entries, FileLedger, FolderLedger, Ledger, key_of
from kit.publish.model import Item
from kit.publish.outcome import Told
from kit.publish.server import Server


@frozen
class Place:
    """Where things are on this machine: the build, the commit it comes from, the folder of runs, the environment; and
    the run to go back before."""

    root: Path
    built: Built
    commit: commits.Commit
    history: Path
    environ: Mapping[str, str] = field(repr=False)
    clock: Clock = CLOCK
    run: Run | None = None


@frozen
class Session:
    """One Grafana, reached and read."""

    place: Place
    server: Server
    kinds: Mapping[str, Kind]
    ledger: Ledger
    there: reading.There

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the folders that are there."""
        return {key: found.title for key, found in self.there.found["folder"].items()}


def client(target: Target, clock: Clock = CLOCK) -> Grafana:
    """The client of a target. Raises Refused where its address or login cannot be used."""
    if target.wrong:
        raise Refused(exits.USAGE, target.wrong)
    try:
        return Grafana(
            target.url, target.login, org=target.org, ca_cert=target.ca_cert, client_cert=target.client_cert,
            client_key=target.client_key, allow_http=target.allow_http, clock=clock,
        )  # fmt: skip
    except ValueError as error:
        raise Refused(exits.USAGE, str(error)) from None


def opened(
    place: Place,
    target: Target,
    grafana: Grafana,
    told: Told,
    overwrite: Collection[str] = (),
    items: tuple[Item, ...] | None = None,
) -> Session:
    """Reach a Grafana and read everything there: what the build has, or these items.

    `overwrite` names what is to be brought to the build whatever is there, data sources too.

    Raises Refused, GrafanaError.
    """
    told("look", 0, 0)
    # A secret that was read from a file often ends in a new line.
    server = preflight.server(grafana, target, {name: value.strip() for name, value in place.environ.items()})
    preflight.check(server, place.built)
    maker = wanted.Maker(place.built, server, message(place), overwrite)
    items = maker.items() if items is None else items
    grafana.hide(value for item in items for value in contact_points.secrets(item, server.environ))
    kinds = reading.kinds(server)
    ledger = _ledger(place, server)
    told("read", 0, 0)
    there = reading.read(server, items, ledger, kinds, place.clock)
    every = (found for many in there.found.values() for found in many.values())
    grafana.hide(secret for found in every for secret in redacted.secrets(found.kind, found.content))
    preflight.refuse_files(there.found, [(item.kind, item.key) for item in items])
    return Session(place, server, kinds, evolve(ledger, known=_known(there)), there)


def _known(there: reading.There) -> Entries:
    """What is noted of what is declared: it goes along into another folder, what belongs to others does not."""
    declared = {key_of(item.kind, item.key) for item in there.items}
    return {key: entry for key, entry in there.entries.items() if key in declared}


def message(place: Place) -> str:
    """What is noted with what is published: the commit, or the build where there is none."""
    if not place.commit.sha:
        return f"build-{place.built.build[:12]}"
    return place.commit.sha + ("-dirty" if place.commit.dirty else "")


def _ledger(place: Place, server: Server) -> Ledger:
    if server.resources and (uid := ledger_folder(place)):
        return FolderLedger(server, uid)
    return FileLedger(place.history / "published" / f"{server.target.name}.json", ledger_folder(place))


def ledger_folder(place: Place) -> str:
    """The uid of the folder that keeps the ledger; empty where the build has none."""
    folders = place.built.folders
    return next((one.uid for one in folders if one.alerts), folders[0].uid if folders else "")
