"""What git knows of what was published: its text, and whether an edit in Grafana was carried into Python since."""

from typing import Any

import orjson

from kit.publish import canonical, mapping
from kit.publish.here import commits
from kit.publish.model import Found
from kit.publish.plan import Bases
from kit.publish.session import Session


def bases(session: Session) -> Bases:
    """Both, as the plan asks for them."""
    return Bases(lambda found: base_of(session, found), lambda found: carried(session, found))


def base_of(session: Session, found: Found) -> Any:
    """The content that was published last, from git; None where its commit is not here."""
    spec = _spec_at(session, found, found.commit.partition("-")[0])
    return spec if spec is not None and canonical.digest(spec) in found.bases else None


def carried(session: Session, found: Found) -> bool:
    """Whether what is there was committed since it was published: somebody carried the edit into Python."""
    if found.kind != "dashboard" or not found.path or found.home not in (None, found.place):
        return False
    since = commits.changed_since(session.place.root, found.commit.partition("-")[0], found.path)
    specs = (_spec_at(session, found, commit) for commit in since)
    return any(canonical.digest(spec) == found.digest for spec in specs if spec is not None)


def _spec_at(session: Session, found: Found, commit: str) -> Any:
    if found.kind != "dashboard" or not found.path:
        return None
    text = commits.text_at(session.place.root, commit, found.path)
    try:
        return None if text is None else mapping.mapped(canonical.spec(orjson.loads(text)), session.server)
    except orjson.JSONDecodeError:  # it was committed broken
        return None
