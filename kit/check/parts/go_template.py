"""Go's template language as far as messages use it: read into actions, with what is wrong in their form.

https://pkg.go.dev/text/template. What the actions ask for is judged in message_walk.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from attrs import field, frozen

_BLOCKS = ("if", "range", "with", "define", "block")
_ACTION = re.compile(
    r'\{\{(?:-(?=\s))?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|/\*.*?\*/|[^"`{}])*?)(?:(?<=\s)-)?\}\}', re.DOTALL
)
_WORD = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+')|(?P<number>[-+]?\d[\w.]*)
    |(?P<variable>\$\w*)|(?P<field>\.\w+)|(?P<dot>\.)|(?P<name>[A-Za-z_]\w*)|(?P<sign>:=|[|()=,]))""",
    re.VERBOSE,
)


class Word(NamedTuple):
    """A word of an action; `kind`: text, number, variable, field, dot, name, sign. `apart`: a space is before it."""

    kind: str
    text: str
    apart: bool


@frozen
class Action:
    """What stands between two braces: the line, the keyword (empty for a value), and the words after it."""

    line: int
    keyword: str
    words: tuple[Word, ...]


@frozen
class Template:
    """Its actions in order, with what is wrong in its form."""

    actions: tuple[Action, ...] = ()
    faults: tuple[str, ...] = field(default=())


class _Broken(Exception):
    pass


def read(text: str) -> tuple[Template, Mapping[str, Template]]:
    """The text itself without what it defines, and every template that it defines."""
    defined: dict[str, Template] = {}
    outside: list[Action] = []
    inside: list[Action] = []
    stack: list[Action] = []
    name = ""
    try:
        for action in _actions(text):
            if action.keyword == "define":
                if stack:
                    raise _Broken(f"line {action.line}: define stands in another block; end that first")
                name, inside = _name(action), []
            elif action.keyword == "end" and stack and stack[-1].keyword == "define":
                defined[name] = Template(tuple(inside))
                name = ""
            else:
                (inside if name else outside).append(action)
            _nest(action, stack)
        if stack:
            raise _Broken(f"line {stack[-1].line}: {stack[-1].keyword} has no end; close it with {{{{ end }}}}")
    except _Broken as broken:
        return Template((), (str(broken),)), defined
    return Template(tuple(outside)), defined


def _name(action: Action) -> str:
    if len(action.words) != 1 or action.words[0].kind != "text":
        raise _Broken(f'line {action.line}: define needs one name in quotes, like {{{{ define "dataflux.text" }}}}')
    return action.words[0].text[1:-1]


def _nest(action: Action, stack: list[Action]) -> None:
    if action.keyword in _BLOCKS:
        stack.append(action)
    elif action.keyword == "end":
        if not stack:
            raise _Broken(f"line {action.line}: end closes nothing; take it away, or open a block before it")
        stack.pop()
    elif action.keyword == "else":
        if not stack or stack[-1].keyword in ("define", "block"):
            raise _Broken(f"line {action.line}: else stands in no if, with or range")
        if stack[-1].keyword == "else":
            raise _Broken(f"line {action.line}: else follows an else; end the block before it")
        also = action.words[0].text if action.words else ""
        if also and (also, stack[-1].keyword) != ("if", "if"):
            raise _Broken(f"line {action.line}: else is followed by '{also}'; open that as a block of its own")
        if not also:
            stack[-1] = Action(stack[-1].line, "else", stack[-1].words)
    elif action.keyword in ("break", "continue") and not any(one.keyword == "range" for one in stack):
        raise _Broken(f"line {action.line}: {action.keyword} stands in no range")


def _actions(text: str) -> Iterator[Action]:
    at = 0
    while (begin := text.find("{{", at)) >= 0:
        line = text.count("\n", 0, begin) + 1
        found = _ACTION.match(text, begin)
        if found is None:
            raise _Broken(f"line {line}: a brace or a quote is missing in '{text[begin : begin + 40]}'")
        at = found.end()
        if not found[1].strip().startswith("/*"):
            yield _action(line, found[1])


def _action(line: int, text: str) -> Action:
    words, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None or found.end() == at:
            raise _Broken(f"line {line}: '{text[at : at + 40].strip()}' is nothing that Go's templates know")
        kind = str(found.lastgroup)
        words.append(Word(kind, found[kind], found.start(kind) > at))
        at = found.end()
    keyword = (
        words[0].text if words and words[0].text in (*_BLOCKS, "else", "end", "template", "break", "continue") else ""
    )
    return Action(line, keyword, tuple(words[1:] if keyword else words))
