"""What somebody changed in Grafana, brought here: the object as JSON, and what differs from what was published."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from kit.publish import differences, redacted
from kit.publish.bases import base_of
from kit.publish.called import meant
from kit.publish.exits import PREFLIGHT, USAGE, Refused
from kit.publish.model import Found
from kit.publish.plan import names
from kit.publish.session import Session


def saved(session: Session, uid: str, to: Path | None) -> str:
    """Save what is there under this uid, and say what differs. Raises Refused."""
    found = _found(session, uid)
    content = _content(session, found)
    file = to or session.place.history / "pulled" / session.server.target.name / f"{found.key.replace('/', '_')}.json"
    whole = {**content, "uid": found.key} if found.kind == "dashboard" else redacted.hidden(found.kind, content)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    except OSError as error:
        raise Refused(USAGE, f"{file} cannot be written ({error.strerror}); name another file: --to FILE") from None
    shown = file.relative_to(session.place.root) if file.is_relative_to(session.place.root) else file
    return "\n".join((f"{found.kind} {found.title} saved to {shown}", *_differing(session, found, content)))


def _found(session: Session, uid: str) -> Found:
    every = [found for many in session.there.found.values() for found in many.values()]
    if not any(uid in (*names(found), found.title) for found in every):
        raise Refused(PREFLIGHT, f"there is no '{uid}' of ours in {session.server.client.address}")
    certain = meant(uid, every)
    return next(found for found in every if certain in names(found))


def _content(session: Session, found: Found) -> Any:
    """The content; it is dropped while reading where it is what the build says."""
    if found.content is not None:
        return found.content
    return next(item.load() for item in session.there.items if (item.kind, item.key) == (found.kind, found.key))


def _differing(session: Session, found: Found, content: Any) -> Iterator[str]:
    if not found.edited:
        yield "it is what was published last"
        return
    base, against = base_of(session, found), f"commit {found.commit[:7]}"
    if base is None:
        here = "the commit it was published from is not here"
        why = here if found.kind == "dashboard" else f"of {found.kind} only a digest of what was published is kept"
        base, against = _built(session, found), f"the build, since {why}"
    if base is None:
        yield f"{_edited(found)}; the text that was published last is not here to compare"
        return
    yield f"{_edited(found)}; compared with {against}:"
    if found.kind == "dashboard":
        for what, names in differences.dashboard(base, content).items():
            yield from (f"  {what:<8}  {name}" for name in names)
    else:
        yield f"  {differences.words(found.kind, base, content)}"


def _edited(found: Found) -> str:
    return f"edited in Grafana ({found.changed})" if found.changed else "edited in Grafana"


def _built(session: Session, found: Found) -> Any:
    items = (item for item in session.there.items if (item.kind, item.key) == (found.kind, found.key))
    return next((item.load() for item in items), None)
