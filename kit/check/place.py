"""Where in a dashboard or file a check is, and what it says there: the problem, and the schema applied to one part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from kit.check import schemas
from kit.check.words import Path, dotted, found, nearest, sentences


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (JSON path, and the panel it is in), and what, in one sentence."""

    path: Path
    panel_id: int | None
    panel: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Place:
    """A panel, or the whole document: its JSON path, the panel's id and title, the folder of schemas that must hold."""

    root: Path
    panel_id: int | None
    panel: str | None
    folder: str

    def inside(self, panel: Mapping[str, Any], path: Path) -> "Place":
        """Return the place of a panel at `path` below this one."""
        number = panel.get("id")
        return Place(self.root + path, number if type(number) is int else None, text(panel, "title"), self.folder)

    def problem(self, path: Path, message: str) -> Problem:
        """Return a problem at `path` below this place."""
        return Problem(self.root + path, self.panel_id, self.panel, message)

    def check(self, validator: Draft202012Validator | None, value: object, path: Path, noun: str) -> Iterator[Problem]:
        """Yield what `validator` finds wrong with `value`, a `noun` that lies at `path` below this place."""
        said = set()
        for error in validator.iter_errors(value) if validator else ():
            for inner, message in sentences(error, noun, path):
                # Of three missing keys jsonschema tells three times, and each time all three are worded.
                if message not in said:
                    said.add(message)
                    yield self.problem(path + inner, message)

    def board(self, name: str) -> Draft202012Validator | None:
        """Return the validator of a part of a dashboard, None when this version has none of that name."""
        return schemas.part(f"{self.folder}/dashboard", name)

    def typed(self, value: Mapping[str, Any], path: Path, what: str) -> Iterator[Problem]:
        """Yield what is wrong with a `what` ("variable", "mapping") by the schema `<what>:<type>` of its `type`."""
        kind, types = value.get("type"), schemas.branches(f"{self.folder}/dashboard", what)
        if isinstance(kind, str) and kind in types:
            article = "an" if kind[0] in "aeiou" else "a"
            yield from self.check(self.board(f"{what}:{kind}"), value, path, f"{article} {kind} {what}")
        else:
            said = f"is {found(kind)}" if "type" in value else "is missing"
            hint = nearest(kind, types) if isinstance(kind, str) else ""
            message = f"{dotted((*path, 'type'))} {said}: a {what} is of type {', '.join(types)}{hint}"
            yield self.problem((*path, "type"), message)


def dig(value: object, *keys: str) -> object:
    """Return what lies under `keys` of nested objects, None where one is missing or no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def text(value: object, *keys: str) -> str | None:
    """Return the string under `keys`, None when there is none."""
    inner = dig(value, *keys)
    return inner if isinstance(inner, str) else None


def items(value: object, *keys: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield (index, object) for the objects of the list under `keys`; what has another shape the schema reports."""
    inner = dig(value, *keys)
    for index, item in enumerate(inner if isinstance(inner, list | tuple) else ()):
        if isinstance(item, Mapping):
            yield index, item
