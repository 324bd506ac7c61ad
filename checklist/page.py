"""The page, read: its boxes, the command that proves each, and what that command needs."""

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

_BOX = re.compile(r"^(\d+)\. \[([ x])\] \*\*(.+)\*\*$", re.M)
_COMMAND = re.compile(r"^ +\$ (.+)$", re.M)
_BLOCK = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z`\[])")
_NEEDS = re.compile(r"Needs (.+)")
_WITHOUT = re.compile(r"Without `([A-Z_]+)`(.+)")
_PACKAGE = re.compile(r"^\| `([\w-]+)` \| `([\w-]+)` \|$", re.M)


class Unreadable(ValueError):
    """The page cannot be run, or a box is asked for that it has not; one sentence."""


@frozen
class Box:
    """A box: whether it is ticked, and the command that proves it (empty: nothing does).

    `says` is its first sentence; `needs` the programs that the command asks for, from a sentence that begins so;
    `without` what the proof is where a variable of the environment is not set, by its name.
    """

    number: int
    title: str
    ticked: bool
    says: str
    command: str
    needs: tuple[str, ...]
    without: Mapping[str, str]


def boxes(text: str, name: str) -> tuple[Box, ...]:
    """Every box of the page `name`. Raises Unreadable."""
    heads = list(_BOX.finditer(text))
    if not heads:
        raise Unreadable(f"{name} has no box; one is a line such as '1. [ ] **Title**'")
    ends = [*(head.start() for head in heads[1:]), len(text)]
    bodies = (text[head.end() : end].split("\n## ")[0] for head, end in zip(heads, ends, strict=True))
    found = tuple(_box(head, body, name) for head, body in zip(heads, bodies, strict=True))
    if [box.number for box in found] != list(range(1, len(found) + 1)):
        raise Unreadable(f"{name} does not number its boxes from 1 on: {', '.join(str(box.number) for box in found)}")
    return found


def packages(text: str) -> Mapping[str, str]:
    """Program → the Debian package that has it, from the page's table."""
    return dict(_PACKAGE.findall(text))


def chosen(every: Sequence[Box], asked: Sequence[str]) -> tuple[Box, ...]:
    """The boxes of these numbers or with these words in their titles; all where nothing is asked. Raises Unreadable."""
    wanted = [box for one in asked for box in _like(every, one)]
    return tuple(box for box in every if box in wanted or not asked)


def _like(every: Sequence[Box], asked: str) -> list[Box]:
    if found := [box for box in every if asked == str(box.number) or _within(asked, box.title)]:
        return found
    raise Unreadable(f"there is no box '{asked}'; name a number from 1 to {len(every)}, or words of a title")


def _within(asked: str, title: str) -> bool:
    return not asked.isdigit() and asked.strip().lower() in title.lower()


def _box(head: re.Match[str], body: str, name: str) -> Box:
    number, tick, title = head.groups()
    commands = _COMMAND.findall(body)
    if len(commands) > 1:
        raise Unreadable(f"{name}: box {number} ({title}) names {len(commands)} commands; leave the one that proves it")
    sentences = _SENTENCE.split(" ".join(_BLOCK.sub("", body).split()))
    return Box(
        int(number),
        title,
        tick == "x",
        sentences[0].removesuffix("."),
        commands[0] if commands else "",
        tuple(
            program for one in sentences if (said := _NEEDS.match(one)) for program in re.findall(r"`(.+?)`", said[1])
        ),
        {said[1]: said[2].strip(" ,:.") for one in sentences if (said := _WITHOUT.match(one))},
    )
