"""Does a template ask only for what is there? Walked with the type of its dot, as the engine does with its value."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, field

from kit.check.parts.go_template import Action, Template, Word
from kit.check.parts.message_data import ANY, CONSTANTS, DATA, ELEMENTS, FUNCTIONS, TEXT, Types
from kit.model.words import nearest


@define
class Walk:
    """`called`: each template that was called, with the type of the dot it was given, in the order of the calls."""

    types: Types
    defined: Mapping[str, Template]
    called: dict[tuple[str, str], None] = field(factory=dict)

    def faults(self, template: Template, dot: str = DATA) -> Iterator[str]:
        """What is wrong with a template whose dot is of that type; what it calls is noted, not walked."""
        scopes: list[tuple[str, dict[str, str]]] = [(dot, {"$": dot})]
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
                said, inner, variables = self._action(inner_action, around, known)
                yield from (f"line {action.line}: {one}" for one in said)
                scopes[-1] = (inner, {**known, **variables})
            else:
                said, inner, variables = self._action(action, around, known)
                yield from (f"line {action.line}: {one}" for one in said)
                if action.keyword in ("if", "range", "with", "block"):
                    scopes.append((inner, {**known, **variables}))
                else:
                    known.update(variables)

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
        if action.keyword == "range" and kind == TEXT:
            said.append("range goes through a text, which has no parts")
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
            kind = self._command(command, dot, known, said)
        return kind if len(commands) == 1 else ANY

    def _command(self, words: list[Word], dot: str, known: Mapping[str, str], said: list[str]) -> str:
        """The type of a command's value: that of its first operand, because the others are arguments."""
        kinds: list[str] = []
        while words:
            word = words.pop(0)
            if word.kind == "sign" and word.text == "(":
                kind = self._pipeline(_inner(words), dot, known, said)
            elif word.kind == "field":
                kind = self._field(dot, word.text, said)
            elif word.kind == "name":
                kind = self._function(word.text, said)
            elif word.kind == "variable" and word.text not in known:
                said.append(f"the variable {word.text} is not declared{nearest(word.text, known)}")
                kind = ANY
            else:
                kind = {"dot": dot, "variable": known.get(word.text, ANY), "text": TEXT}.get(word.kind, ANY)
            while words and words[0].kind == "field" and not words[0].apart:
                kind = self._field(kind, words.pop(0).text, said)
            kinds.append(kind)
        return kinds[0]

    def _function(self, name: str, said: list[str]) -> str:
        if name not in FUNCTIONS | CONSTANTS:
            said.append(f"{name} is no function that both evaluators know{nearest(name, FUNCTIONS)}")
        return ANY

    def _field(self, kind: str, name: str, said: list[str]) -> str:
        fields = self.types.get(kind)
        if fields is None:
            return ANY
        if kind == "labels":
            return fields.get(name[1:], TEXT)
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
