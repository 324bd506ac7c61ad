"""Texts of files: YAML and JSON by libraries, always in the same bytes."""

from collections.abc import Iterable
from typing import Any

import orjson
import yaml


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Blocks for texts of several lines, and no anchors for what is shared."""

    def ignore_aliases(self, data: Any) -> bool:
        """See yaml: nothing is written as `*id001`."""
        return True


def _string(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _string)
_Dumper.add_representer(tuple, lambda dumper, value: dumper.represent_list(value))


def yaml_text(data: Any, made_from: str) -> str:
    """YAML with a first line that says where it came from."""
    return yaml_text_below(f"# Compiled by build.py from {made_from}: change that, not this file.", data)


def yaml_texts(documents: Iterable[Any], made_from: str) -> str:
    """The same with several documents, one below the other."""
    return "---\n".join((yaml_text(data, made_from) if not at else _dumped(data)) for at, data in enumerate(documents))


def yaml_text_below(first: str, data: Any) -> str:
    """YAML below a first line that is there already."""
    return f"{first}\n{_dumped(data)}"


def _dumped(data: Any) -> str:
    dumped = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=4096, default_flow_style=False)
    return str(dumped)


def json_text(data: Any) -> str:
    """JSON with sorted keys, two spaces, and a newline at the end."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(data, option=options).decode()
