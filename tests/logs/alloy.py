"""Alloy's configuration language, as far as ours uses it, and what its log stages do to a line.

Grammar: https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/syntax/. Stages, by their documentation:
https://grafana.com/docs/alloy/latest/reference/components/loki/loki.process/. The program itself cannot be had in CI.
"""

import json
import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""\s+|//[^\n]*
    |(?P<string>"(?:[^"\\]|\\.)*"|`[^`]*`)|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<sign>[][{}(),=+])""",
    re.X,
)


@dataclass
class Block:
    """`loki.write "loki" { … }`: attributes by name, blocks in their order."""

    name: str
    label: str = ""
    attributes: dict = field(default_factory=dict)
    blocks: list = field(default_factory=list)

    def all(self, name):
        return [block for block in self.blocks if block.name == name]

    def one(self, name, label=None):
        [found] = [block for block in self.all(name) if label in (None, block.label)]
        return found


@dataclass(frozen=True)
class Reference:
    """Of another component's export: `loki.write.loki.receiver`."""

    path: str


def parse(text, environment):
    """The whole file as a block without a name. Raises ValueError where it is not in the language."""
    parser = Parser(text, environment)
    whole = parser.body("", "")
    if parser.peek() is not None:
        raise ValueError(f"unexpected {parser.peek()}")
    return whole


class Parser:
    def __init__(self, text, environment):
        self.environment, self.tokens, at = environment, [], 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise ValueError(f"no token at {text[at : at + 20]!r}")
            if found.lastgroup:
                self.tokens.append((found.lastgroup, found[0]))
            at = found.end()

    def peek(self):
        return self.tokens[0] if self.tokens else None

    def take(self, kind=None, text=None):
        got = self.tokens.pop(0) if self.tokens else ("end", "")
        if kind not in (None, got[0]) or text not in (None, got[1]):
            raise ValueError(f"expected {text or kind}, found {got[1]!r}")
        return got[1]

    def accept(self, text):
        if self.peek() == ("sign", text):
            return bool(self.take())
        return False

    def body(self, name, label):
        block = Block(name, label)
        while self.peek() not in (None, ("sign", "}")):
            inner = self.take("name")
            if self.accept("="):
                if inner in block.attributes:
                    raise ValueError(f"{inner} stands twice in {name}")
                block.attributes[inner] = self.expression()
                continue
            title = json.loads(self.take()) if self.peek()[0] == "string" else ""
            self.take("sign", "{")
            block.blocks.append(self.body(inner, title))
            self.take("sign", "}")
        return block

    def expression(self):
        value = self.value()
        while self.accept("+"):
            value += self.value()
        return value

    def value(self):
        """A value, and what stands in it under a key: null where it has none of that name."""
        found = self.plain()
        while self.accept("["):
            found = found.get(self.expression())
            self.take("sign", "]")
        return found

    def plain(self):
        kind, text = self.peek() or ("end", "")
        if kind == "string":
            return json.loads(self.take()) if text[0] == '"' else self.take()[1:-1]
        if kind == "number":
            return int(self.take())
        if self.accept("["):
            return self.items("]", self.expression)
        if self.accept("{"):
            return dict(self.items("}", self.pair))
        name = self.take("name")
        if name in ("true", "false"):
            return name == "true"
        if self.accept("("):
            return self.called(name, self.items(")", self.expression))
        return Reference(name)

    def called(self, name, arguments):
        match name:
            case "sys.env":
                return self.environment[arguments[0]]
            case "coalesce":
                return next((value for value in arguments if value), arguments[-1])
        raise ValueError(f"no function {name}")

    def pair(self):
        key = self.take()
        self.take("sign", "=")
        return key.strip('"'), self.expression()

    def items(self, end, item):
        found = []
        while not self.accept(end):
            found.append(item())
            if not self.accept(","):
                self.take("sign", end)
                break
        return found


def processed(stages, line, labels):
    """What the stages make of a line: its text, its labels, its structured metadata; None where it is dropped."""
    extracted, metadata = dict(labels), {}
    for stage in stages:
        values = stage.attributes
        match stage.name.removeprefix("stage."):
            case "match":
                if selected(values["selector"], labels):
                    line, labels, more = processed(stage.blocks, line, labels)
                    metadata |= more
            case "json":
                extracted |= fields(line, values["expressions"])
            case "template":
                extracted |= {values["source"]: template(values["template"], extracted)}
            case "structured_metadata":
                found = {name: extracted.get(source or name) for name, source in values["values"].items()}
                metadata |= {name: value for name, value in found.items() if value}
            case "label_drop":
                labels = {name: value for name, value in labels.items() if name not in values["values"]}
            case other:
                raise ValueError(f"what stage.{other} does is not known here")
    return line, labels, metadata


def kept(rules, labels):
    """Whether loki.relabel lets a line with these labels pass."""
    for rule in rules:
        value = ";".join(labels.get(name, "") for name in rule.attributes["source_labels"])
        matches = bool(re.fullmatch(rule.attributes["regex"], value))
        if matches is (rule.attributes["action"] == "drop"):
            return False
    return True


def selected(selector, labels):
    pairs = re.fullmatch(r'\{(\w+)=~"([^"]*)"\}', selector)
    return bool(re.fullmatch(pairs[2], labels.get(pairs[1], "")))


def fields(line, expressions):
    try:
        data = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(data, dict):
        return {}
    return {name: str(data[key or name]) for name, key in expressions.items() if data.get(key or name) is not None}


def template(text, extracted):
    """The one form that ours has: a word where one of the values is missing or empty."""
    asked = re.fullmatch(r"\{\{ if not \(and ((?:\.\w+ ?)+)\) \}\}(\w+)\{\{ end \}\}", text)
    return "" if all(extracted.get(name[1:]) for name in asked[1].split()) else asked[2]
