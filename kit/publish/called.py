"""What a person may call an object on the command line: its uid, or its name as Grafana's pages show it. Pure."""

from collections.abc import Collection, Iterable

from kit.model.words import nearest
from kit.publish.exits import USAGE, Refused
from kit.publish.model import Found, Item
from kit.publish.plan import names

Objects = Collection[Item | Found]


def meant(name: str, every: Objects, known: Iterable[str] = ()) -> str:
    """What names it for certain: the name itself where it is a uid, else 'kind:uid' of the only one that has the title.

    `known` are names that stand for what is in neither. Raises Refused where nothing, or more than one, is called so.
    """
    uids = {*known}.union(*map(names, every))
    if name in uids:
        return name
    found = sorted({f"{one.kind}:{one.key}" for one in every if one.title == name})
    if not found:
        near = nearest(name, uids | {one.title for one in every})
        raise Refused(USAGE, f"nothing is called '{name}', neither in the build nor there{near}")
    if len(found) > 1:
        raise Refused(USAGE, f"several are called '{name}'; name one of {', '.join(found)}")
    return found[0]
