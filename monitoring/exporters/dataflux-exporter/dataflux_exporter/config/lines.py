"""YAML with line numbers: plain data, and on which line each key stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from dataflux_exporter.config.fault import Fault, Path, key_of

_MOST_NODES = 20_000
_DEEPEST = 40
_QUOTED = re.compile(r"'(?!<)[^']{3,}'")


class NotYaml(Exception):
    """The text is no YAML; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(slots=True)
class Document:
    """`data` is what a safe loader gives; `lines` has the line of every key and item; `faults` what YAML lets pass."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: Path, message: str) -> Fault:
        """A fault at a path; at the nearest line above it that is known."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return Fault(self.file, self.lines[path[:length]], key_of(path), message)
        return Fault(self.file, 1, key_of(path), message)


def read(text: str, file: str) -> Document:
    """The document. Raises NotYaml."""
    document = Document(file)
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is not None:
            document.data = _Builder(loader, document).build(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # The problem may quote the file, and what it quotes may be a secret.
        said = _QUOTED.sub("'…'", error.problem or "it cannot be read")
        raise NotYaml(Fault(file, mark.line + 1 if mark else 1, "", f"no YAML: {said}")) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise NotYaml(Fault(file, 1, "", "no YAML: a character or a value in it cannot be read")) from None
    finally:
        if loader:
            loader.dispose()
    return document


class _Builder:
    def __init__(self, loader: yaml.SafeLoader, document: Document) -> None:
        self._loader = loader
        self._document = document
        self._nodes = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self._nodes += 1
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        # An alias can stand for itself, or for a billion others.
        if self._nodes > _MOST_NODES or len(path) > _DEEPEST:
            raise NotYaml(self._document.fault(path, "too much; simplify the configuration and its aliases"))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        try:
            return self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self._document.faults.append(self._document.fault(path, "a value that cannot be read; put it into quotes"))
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.tag == "tag:yaml.org,2002:merge":
                merged |= self._merge(value, path)
            elif not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                fault = Fault(self._document.file, line, key_of(path), "a key that is no text; put it into quotes")
                self._document.faults.append(fault)
            elif key.value in found:
                first = self._document.lines[*path, key.value]
                fault = Fault(
                    self._document.file,
                    line,
                    key_of((*path, key.value)),
                    f"it stands here again (first in line {first}); remove one",
                )
                self._document.faults.append(fault)
            else:
                self._document.lines[*path, key.value] = line
                found[key.value] = self.build(value, (*path, key.value))
        return merged | found

    def _merge(self, node: yaml.Node, path: Path) -> Mapping[str, Any]:
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        built = [self.build(part, path) for part in reversed(parts)]
        merged: dict[str, Any] = {}
        for part in built:
            if isinstance(part, dict):
                merged |= part
            else:
                self._document.faults.append(self._document.fault(path, "'<<' takes a mapping"))
        return merged
