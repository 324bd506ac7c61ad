"""What a failed JSON Schema says to a person: one sentence with the key, what was found and what is expected."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import groupby
from typing import Any

from jsonschema import ValidationError

Path = tuple[str | int, ...]

LONGEST = 60
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def dotted(path: Path) -> str:
    """Return a JSON path as people write it: `panels[3].options.legend`."""
    text = ""
    for key in path:
        if isinstance(key, str) and key.replace("_", "").replace("-", "").isalnum():
            text += f".{cut(key)}" if text else cut(key)
        else:
            # A list's index, or a key that YAML made of something else or that would be misread between dots.
            text += f"[{cut(repr(key))}]"
    return text


def cut(text: str) -> str:
    """Return `text`, shortened to LONGEST characters."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def found(value: object) -> str:
    """Return a value in words, never long: `the string '0'`, `null`, `a list`."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f"the string {cut(repr(value[: LONGEST + 1]))}"
    if isinstance(value, int | float):
        # Python refuses to print an integer of some thousands of digits.
        return f"the number {value}" if isinstance(value, float) or abs(value) < 10**20 else "an enormous number"
    if isinstance(value, list | tuple | dict):
        return "an object" if isinstance(value, dict) else "a list"
    # What only YAML makes: an unquoted date, for instance.
    return f"the {type(value).__name__} {cut(str(value))}"


@lru_cache(maxsize=4096)
def nearest(word: str, known: tuple[str, ...]) -> str:
    """Return `; did you mean 'X'?` for the known word most like `word`, or begun by it; nothing when there is none."""
    plain = {name.lower().replace("_", "").replace("-", ""): name for name in known}
    asked = word[:LONGEST].lower().replace("_", "").replace("-", "")
    begun = [name for name in plain if name.startswith(asked)] if len(asked) > 3 else []
    like = get_close_matches(asked, plain, n=1, cutoff=0.7) or (begun if len(begun) == 1 else [])
    return f"; did you mean {plain[like[0]]!r}?" if like else ""


def either(words: Sequence[str]) -> str:
    """Return words as a choice: `a, b or c`."""
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)


def one_of(values: Collection[object], value: object) -> str:
    """Return what is allowed and what was found, with the nearest when it is a word."""
    words = [repr(item) if isinstance(item, str) else found(item).removeprefix("the number ") for item in values]
    allowed = either(words) if len(words) <= 12 else f"one of {len(words)} words ({', '.join(words[:8])}, …)"
    hint = nearest(value, tuple(str(item) for item in values)) if isinstance(value, str) else ""
    return f"must be {allowed}, found {found(value)}{hint}"


def sentences(error: ValidationError, noun: str, base: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield (path below the part, sentence) for one failure.

    `noun` says what the part is ("timeseries options"); a schema with a `title` says it itself. `base` is the part's
    own place, for the sentence only.
    """
    path: Path = tuple(error.absolute_path)
    keyword, schema, value, wanted = _parts(error)
    noun = schema.get("title", noun)
    where = dotted(base + path) or "the document"
    if keyword in ("additionalProperties", "unevaluatedProperties"):
        known = tuple(_within(schema, "properties"))
        patterns = tuple(_within(schema, "patternProperties"))
        unknown = (key for key in set(value) - set(known) if not any(re.search(one, str(key)) for one in patterns))
        for key in sorted(unknown, key=str):
            text = f"{dotted((*base, *path, key))} is not a key of {noun}{nearest(str(key), known)}"
            yield (*path, key), text
    elif keyword == "required":
        for key in [key for key in wanted if key not in value]:
            yield (*path, key), f"{dotted((*base, *path, key))} is missing: {noun} must have it"
    elif keyword == "anyOf" or (keyword == "oneOf" and error.context):
        yield from _any_of(error, noun, base)
    elif "propertyNames" in error.absolute_schema_path:
        yield (*path, value), f"{dotted((*base, *path, value))} is not {noun}"
    elif schema.get("title") and keyword in ("pattern", "minLength", "type"):
        yield path, f"{where} must be {noun}, found {found(value)}"
    else:
        say: Callable[[Any, Any], str] = _SAY.get(keyword, _unknown)
        yield path, f"{where} {say(wanted, value)}"


def _within(schema: dict[str, Any], keyword: str) -> Iterator[str]:
    """The names under a keyword of a schema, and of those that it is put together from."""
    yield from schema.get(keyword, ())
    for part in schema.get("allOf", ()):
        yield from _within(part, keyword) if isinstance(part, dict) else ()


def _parts(error: ValidationError) -> tuple[Any, dict[str, Any], Any, Any]:
    """Return the keyword that failed, its schema, the value found and the one wanted (jsonschema types them badly)."""
    schema = error.schema if isinstance(error.schema, dict) else {}
    return error.validator, schema, error.instance, error.validator_value


def _any_of(error: ValidationError, noun: str, base: Path) -> Iterator[tuple[Path, str]]:
    """Word a choice by the branch that was meant: the one whose type and constants fit, or else all constants."""
    context = sorted(error.context or (), key=lambda e: e.schema_path[0])
    branches = [list(group) for _, group in groupby(context, key=lambda e: e.schema_path[0])]
    meant = [branch for branch in branches if not any(e.validator in ("const", "type") for e in branch)]
    if meant or not branches:
        for inner in min(meant, key=len, default=[]):
            yield from sentences(inner, noun, base)
        return
    heads = [next(e for e in branch if e.validator in ("const", "type")) for branch in branches]
    first = heads[0]
    path: Path = tuple(first.absolute_path)
    if any(e.validator != first.validator or tuple(e.absolute_path) != path for e in heads):
        yield from sentences(min(branches, key=len)[0], noun, base)
        return
    if first.validator == "const":
        text = one_of([e.validator_value for e in heads], first.instance)
    else:
        kinds = [kind for e in heads for kind in _list(e.validator_value)]
        text = _type(sorted(set(kinds)), first.instance)
    yield path, f"{dotted(base + path) or 'the document'} {text}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _type(kinds: Any, value: object) -> str:
    return f"must be {either([_TYPES[kind] for kind in _list(kinds)])}, found {found(value)}"


def _unknown(_: Any, value: object) -> str:
    return f"is not allowed here, found {found(value)}"


_SAY: dict[str, Callable[[Any, Any], str]] = {
    "type": _type,
    "enum": one_of,
    "const": lambda wanted, value: one_of([wanted], value),
    "pattern": lambda wanted, value: f"must match {cut(wanted)}, found {found(value)}",
    "minItems": lambda wanted, value: f"must have at least {wanted} items, found {len(value)}",
    "maxItems": lambda wanted, value: f"must have at most {wanted} items, found {len(value)}",
    "minLength": lambda _, __: "must not be empty",
    "minimum": lambda wanted, value: f"must be at least {wanted}, found {found(value)}",
    "maximum": lambda wanted, value: f"must be at most {wanted}, found {found(value)}",
    "maxLength": lambda wanted, value: f"must have at most {wanted} characters, found {len(value)}",
    "uniqueItems": lambda _, __: "must not name the same thing twice",
}
