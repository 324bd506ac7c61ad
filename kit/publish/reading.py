"""Everything that is there, read side by side, with what was published last beside it."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from attrs import evolve, frozen

from kit.publish.http.again import CLOCK, Clock
from kit.publish.http.errors import NotGrafana
from kit.publish.kinds import (
    Kind,
    classic_dashboards,
    classic_folders,
    contact_points,
    dashboards,
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
from kit.publish.ledger import NOTED, Entries, Entry, Ledger, key_of
from kit.publish.model import Found, Item
from kit.publish.server import Server
from kit.publish.together import together

_SAME_EVERYWHERE: tuple[Kind, ...] = (
    data_sources, templates, mute_timings, contact_points, rules, policies, inhibition, permissions, home,
)  # fmt: skip
# Kinds of which Grafana lists those that it lets be seen.
_LISTED = frozenset({rules.name, contact_points.name, templates.name, mute_timings.name})
_ASKED_AGAIN = (1.0, 3.0)  # seconds


def kinds(server: Server) -> Mapping[str, Kind]:
    """The kinds by name, as this Grafana takes them: dashboards and folders as resources where it has them."""
    ours: tuple[Kind, ...] = (folders, dashboards) if server.resources else (classic_folders, classic_dashboards)
    without = () if server.api(inhibition.GROUP) else (inhibition.name,)
    return MappingProxyType({one.name: one for one in (*ours, *_SAME_EVERYWHERE) if one.name not in without})


@frozen
class There:
    """What is there by kind and key; the items with the states of their secrets; what the ledger notes."""

    found: Mapping[str, Mapping[str, Found]]
    items: tuple[Item, ...]
    entries: Entries


def read(
    server: Server, items: Sequence[Item], ledger: Ledger, known: Mapping[str, Kind], clock: Clock = CLOCK
) -> There:
    """Read everything. Raises what the client raises."""
    by_kind = {name: [item for item in items if item.kind == name] for name in known}
    answers = together(lambda kind: _read(server, kind, by_kind[kind.name]), known.values())
    found = dict(zip(known, answers, strict=True))
    entries = ledger.read(found["folder"])
    for kind in known.values():
        found[kind.name] = _believed(server, kind, by_kind[kind.name], found[kind.name], entries, clock)
    return _joined(found, items, entries, server.environ)


def _believed(
    server: Server, kind: Kind, items: Sequence[Item], found: dict[str, Found], entries: Entries, clock: Clock
) -> dict[str, Found]:
    """What was found; but where all that the ledger notes of a kind seems gone, it is asked for again.

    Grafana 13.1 on SQLite leaves out every rule of a folder while its database is locked, with 200 (seen on one).
    """
    noted = {key for key in entries if key.partition(":")[0] == kind.name and kind.name in _LISTED}
    for seconds in _ASKED_AGAIN:
        if not noted or any(key_of(kind.name, key) in noted for key in found):
            break
        clock.sleep(seconds, server.client.stopped)
        found = _read(server, kind, items)
    return found


def _read(server: Server, kind: Kind, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    try:
        return kind.read(server, items, only)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        what = f"{server.client.address} tells of {kind.name} in another form than Grafana's"
        raise NotGrafana(f"{what} ({type(error).__name__}: {error})") from None


def again(
    server: Server,
    kind: Kind,
    items: Sequence[Item],
    keys: Collection[str],
    entries: Entries,
    expected: Collection[str] = (),
    clock: Clock = CLOCK,
) -> There:
    """Read these keys of a kind once more; where one that is `expected` is not told of, ask again before it counts as
    gone, for the reason of `_believed`."""
    found = _read(server, kind, items, keys)
    for seconds in _ASKED_AGAIN:
        if kind.name not in _LISTED or found.keys() >= set(expected):
            break
        clock.sleep(seconds, server.client.stopped)
        found = _read(server, kind, items, keys)
    return _joined({kind.name: found}, items, entries, server.environ)


def _joined(
    found: Mapping[str, Mapping[str, Found]], items: Sequence[Item], entries: Entries, environ: Mapping[str, str]
) -> There:
    told = {
        kind: {key: _noted(one, entries.get(key_of(kind, key))) for key, one in many.items()}
        for kind, many in found.items()
    }
    settled: list[Item] = []
    points = {
        key: contact_points.left(one, entries.get(key_of(one.kind, key)))
        for key, one in told.get(contact_points.name, {}).items()
    }
    raw = dict(told.get(contact_points.name, {}))
    for item in items:
        if item.kind == contact_points.name:
            entry = entries.get(key_of(item.kind, item.key))
            item, one = contact_points.settled(item, raw.get(item.key), entry, environ)
            if one is not None:
                points[item.key] = one
        elif item.kind == data_sources.name:
            item = data_sources.settled(item, told.get(item.kind, {}).get(item.key))
        settled.append(item)
    if contact_points.name in told:
        told[contact_points.name] = points
    return There(told, tuple(settled), entries)


def _noted(found: Found, entry: Entry | None) -> Found:
    """What the ledger knows of it: that it is ours, its base and the commit."""
    if entry is None or found.kind not in NOTED:
        return found
    return evolve(found, ours=not found.manager, bases=entry.digests, commit=entry.commit, set=entry.set)
