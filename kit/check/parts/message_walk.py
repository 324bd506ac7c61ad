"""Does a template ask only for what is there? Walked with the type of its dot, as the engine does with its value."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from attrs import define, field

from kit.check.parts.go_template import Action, Template, Word
from kit.check.parts.message_data import ANY, CONSTANTS, ELEMENTS, MANY, NUMBER, OTHER, TEXT, Offered
from kit.model.words import nearest

# What has no methods, and so is never given anything.
_VALUES = (TEXT, NUMBER)


@define
class Walk:
    """`called`: each template that was called, with the type of the dot it was given, in the order of the calls."""

    offered: Offered
    defined: Mapping[str, Template]
    called: dict[tuple[str, str], None] = field(factory=dict)

    def text(self, text: Template) -> Iterator[str]:
        """What is wrong with a text that is rendered itself: what is offered is its dot, and variables."""
        return self.faults(text, self.offered.dot, self.offered.variables)

    def faults(
        self, template: Template, dot: str, variables: Mapping[str, str] = MappingProxyType({})
    ) -> Iterator[str]:
        """What is wrong with a template whose dot is of that type; what it calls is noted, not walked."""
        scopes: list[tuple[str, dict[str, str]]] = [(dot, {"$": dot, **variables})]
        for action in template.actions:
            around, known = scopes[-1]
            if action.keyword == "end":
                scopes.pop()
            elif action.keyword in ("break", "continue"):
                continue
            elif action.keyword == "else":
                # The dot is again what it was around the block; `else if` asks of that, and `else with` sets it.
                around = scopes[-2][0]
                inner_action = Action(action.line, action.words[0].text, action.words[1:]) if action.words else action
                said, inner, declared = self._action(inner_action, around, known)
                yield from (f"line {action.line}: {one}" for one in said)
                scopes[-1] = (inner, {**known, **declared})
            else:
                said, inner, declared = self._action(action, around, known)
                yield from (f"line {action.line}: {one}" for one in said)
                if action.keyword in ("if", "range", "with", "block"):
                    scopes.append((inner, {**known, **declared}))
                else:
                    known.update(declared)

    def _action(self, action: Action, dot: str, known: Mapping[str, str]) -> tuple[list[str], str, dict[str, str]]:
        """What is wrong, the dot inside the block, and the variables that are declared."""
        if action.keyword == "else":
            return [], dot, {}
        words, names = list(action.words), []
        signs = [place for place, word in enumerate(words) if word.text in (":=", "=")]
        if signs:
            names = [word.text for word in words[: signs[0]] if word.kind == "variable"]
            declares, words = words[signs[0]].text == ":=", words[signs[0] + 1 :]
            if not declares and (lost := [name for name in names if name not in known]):
                return [f"the variable {lost[0]} is not declared; write := where it is set first"], dot, {}
        if action.keyword in ("template", "block"):
            return self._call(words, dot, known), dot, {}
        said: list[str] = []
        kind = self._pipeline(words, dot, known, said)
        element = ELEMENTS.get(kind, ANY) if action.keyword == "range" else kind
        if action.keyword == "range" and kind in (TEXT, NUMBER):
            said.append(f"range goes through {kind}, which has no parts")
        variables = dict.fromkeys(names, element)
        if action.keyword == "range" and len(names) == 2:
            variables[names[0]] = ANY
        return said, element if action.keyword in ("range", "with") else dot, variables

    def _call(self, words: Sequence[Word], dot: str, known: Mapping[str, str]) -> list[str]:
        if not words or words[0].kind != "text":
            return ['template needs a name in quotes, like {{ template "dataflux.text" . }}']
        name, said = words[0].text[1:-1], list[str]()
        if name not in self.defined:
            said.append(f"it uses the template '{name}', which nothing defines{nearest(name, self.defined)}")
        if len(words) == 1:
            return [*said, f"template '{name}' is given nothing; end the call with a dot"]
        self.called[name, self._pipeline(words[1:], dot, known, said)] = None
        return said

    def _pipeline(self, words: Sequence[Word], dot: str, known: Mapping[str, str], said: list[str]) -> str:
        """The type of a pipeline's value; appends what is wrong with it."""
        kind, commands, rest = ANY, [list[Word]()], list(words)
        depth = 0
        for word in rest:
            depth += {"(": 1, ")": -1}.get(word.text if word.kind == "sign" else "", 0)
            if depth < 0:
                break
            if word.text == "|" and word.kind == "sign" and not depth:
                commands.append([])
            else:
                commands[-1].append(word)
        if depth:
            said.append("a bracket has no partner")
            return ANY
        for command in commands:
            if not command:
                said.append("a value is missing")
                return ANY
            kind = self._command(command, dot, known, said, piped=command is not commands[0])
        return kind if len(commands) == 1 else ANY

    def _command(
        self, words: list[Word], dot: str, known: Mapping[str, str], said: list[str], *, piped: bool = False
    ) -> str:
        """The type of a command's value: that of its first operand, because the others are arguments."""
        kinds: list[str] = []
        first = words[0]
        while words:
            word = words.pop(0)
            if word.kind == "sign" and word.text == "(":
                kind = self._pipeline(_inner(words), dot, known, said)
            elif word.kind == "field":
                kind = self._field(dot, word.text, said)
            elif word.kind == "name":
                kind = self._function(word.text, said)
                if kinds:
                    self._given(word.text, 0, said)
            elif word.kind == "variable" and word.text not in known:
                said.append(
                    f"the variable {word.text} is not declared{nearest(word.text, sorted(known.keys() - {'$'}))}"
                )
                kind = ANY
            else:
                kind = {"dot": dot, "variable": known.get(word.text, ANY), "text": TEXT}.get(word.kind, ANY)
            while words and words[0].kind == "field" and not words[0].apart:
                kind = self._field(kind, words.pop(0).text, said)
            kinds.append(kind)
        given = len(kinds) - 1 + piped
        if first.kind == "name" and first.text not in CONSTANTS:
            self._given(first.text, given, said)
        elif given and (first.kind in ("text", "number", "dot", "name") or kinds[0] in _VALUES):
            said.append(f"{first.text} is no function, and is given something; write one before it, or after a |")
        return kinds[0]

    def _function(self, name: str, said: list[str]) -> str:
        if name not in CONSTANTS and name not in self.offered.takes:
            said.append(f"{name} is {self.offered.lacks}{nearest(name, self.offered.takes)}")
        return ANY

    def _given(self, name: str, given: int, said: list[str]) -> None:
        least, most = self.offered.takes.get(name, (0, MANY))
        if not least <= given <= most:
            takes = f"{least} or more" if most == MANY else f"{least} to {most}" if least < most else f"{least}"
            said.append(f"{name} is given {given} and takes {takes}; write its values after it, or one before a |")

    def _field(self, kind: str, name: str, said: list[str]) -> str:
        fields = self.offered.types.get(kind)
        if fields is None:
            return ANY
        if name[1:] not in fields and OTHER in fields:
            return fields[OTHER]
        if name[1:] not in fields:
            has = f"; it has {', '.join(fields)}" if fields else ""
            said.append(f"{name} is no field of {kind}{nearest(name[1:], fields) or has}")
            return ANY
        return fields[name[1:]]


def _inner(words: list[Word]) -> list[Word]:
    """Take the words up to the bracket that closes, and the bracket, from `words`."""
    depth, taken = 1, []
    while words:
        word = words.pop(0)
        depth += {"(": 1, ")": -1}.get(word.text if word.kind == "sign" else "", 0)
        if not depth:
            break
        taken.append(word)
    return taken
