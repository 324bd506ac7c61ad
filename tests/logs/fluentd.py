"""Fluentd's configuration language, as far as ours uses it, and what its plugins make of a line.

Grammar: https://docs.fluentd.org/configuration/config-file. Plugins, by their documentation: in_syslog,
record_transformer, relabel, copy, and out_loki and out_elasticsearch by their own. Fluentd itself cannot be had in CI,
but Ruby can: the expressions are evaluated by it.
"""

import json
import re
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

SECTION = re.compile(r"<(\w+)(?:\s+(\S[^>]*?))?\s*>")
EMBEDDED = re.compile(r"#\{ENV\['(\w+)'\]\}")
SYSLOG = re.compile(r"<\d{1,3}>[1-9]\d? (\S+) \S+ (\S{1,48}) \S+ \S+ (?:-|\[.*?\])(?: (.+))?", re.S)
# Plugin → what it may be told here; whatever else is not modelled.
KNOWN = {
    "syslog": "bind port tag emit_unmatched_lines",
    "record_transformer": "enable_ruby renew_record keep_keys remove_keys",
    "relabel": "",
    "copy": "copy_mode",
    "loki": "url drop_single_key",
    "elasticsearch_genid": "hash_id_key",
    "elasticsearch": "hosts index_name write_operation include_timestamp time_key id_key remove_keys suppress_type_name"
    " verify_es_version_at_startup default_elasticsearch_version reload_connections log_es_400_reason",
}


@dataclass
class Element:
    """`<filter **> … </filter>`: parameters by name, elements in their order."""

    name: str
    argument: str = ""
    values: dict = field(default_factory=dict)
    elements: list = field(default_factory=list)

    def all(self, *names):
        return [one for one in self.elements if one.name in names]

    def one(self, name, argument=""):
        [found] = [one for one in self.all(name) if argument in ("", one.argument)]
        return found

    @property
    def plugin(self):
        """Its kind. Raises ValueError where it is told something that is not modelled."""
        kind = self.values["@type"]
        unknown = {name for name in self.values if name[0] != "@"} - set(KNOWN[kind].split())
        if unknown:
            raise ValueError(f"what {kind} does with {', '.join(sorted(unknown))} is not known here")
        return kind


def parse(path, environment):
    """The whole file, with those that it includes. Raises ValueError where it is not in the language."""
    whole = Element("ROOT")
    _read(path, environment, whole)
    return whole


def _read(path, environment, root):
    open_ = [root]
    for number, text in enumerate(path.read_text().splitlines(), 1):
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        if closing := re.fullmatch(r"</(\w+)>", line):
            if closing[1] != open_.pop().name or not open_:
                raise ValueError(f"{path.name}:{number}: unmatched end tag")
        elif section := SECTION.fullmatch(line):
            open_.append(Element(section[1], section[2] or ""))
            open_[-2].elements.append(open_[-1])
        else:
            _parameter(path, environment, open_[-1], line)
    if len(open_) > 1:
        raise ValueError(f"{path.name}: <{open_[-1].name}> is not closed")


def _parameter(path, environment, element, line):
    name, _, raw = line.partition(" ")
    if not re.fullmatch(r"@?\w+", name) or name in element.values:
        raise ValueError(f"{path.name}: no parameter, or the second of its name: {line}")
    value = _literal(raw.strip(), environment)
    if name == "@include":
        _read(path.parent / value, environment, element)
    else:
        element.values[name] = value


def _literal(raw, environment):
    if raw.startswith('"'):
        if not re.fullmatch(r'"(?:[^"\\]|\\.)*"', raw):
            raise ValueError(f"a string that does not end: {raw}")
        return EMBEDDED.sub(lambda found: environment[found[1]], raw[1:-1])
    # What follows is a comment.
    return re.split(r"\s#", raw)[0].rstrip()


@dataclass
class Fluentd:
    """Lets lines flow; `sent`: what left it, by plugin, in order."""

    root: Element
    ruby: object
    sent: dict = field(default_factory=lambda: {"loki": [], "elasticsearch": []})

    def hear(self, line):
        """What in_syslog makes of a line, and all that follows."""
        source = self.root.one("source")
        found = SYSLOG.fullmatch(line)
        if source.plugin != "syslog" or not (found or source.values.get("emit_unmatched_lines") == "true"):
            return
        named = dict(zip(("ident", "message"), found.groups()[1:], strict=True)) if found else {"unmatched_line": line}
        record = {name: value for name, value in named.items() if value is not None}
        self.flow(source.values["@label"], found[1] if found else "2024-01-01T00:00:00Z", record)

    def flow(self, label, time, record):
        inside = self.root.one("label", label)
        for one in inside.all("filter", "match"):
            if one.argument != "**":
                raise ValueError(f"whether {one.argument} matches is not known here")
            if one.name == "match":
                return self.out(one, time, record)
            record = self.filtered(one, time, record)
        raise ValueError(f"nothing takes what flows through {label}")

    def filtered(self, one, time, record):
        if one.plugin == "elasticsearch_genid":
            return record | {one.values["hash_id_key"]: "an id"}
        values = one.values
        kept = values.get("keep_keys", "").split(",")
        base = record if values.get("renew_record") != "true" else {k: v for k, v in record.items() if k in kept}
        new = {name: self.expand(one, text, time, record) for name, text in _asked(one).items()}
        return {name: v for name, v in (base | new).items() if name not in values.get("remove_keys", "").split(",")}

    def expand(self, one, text, time, record):
        if isinstance(text, dict):
            return {name: self.expand(one, inner, time, record) for name, inner in text.items()}
        if "${" not in text:
            return text
        if one.values.get("enable_ruby") != "true":
            raise ValueError(f"{text} needs enable_ruby")
        single = text.count("${") == 1 and text.startswith("${") and text.endswith("}")
        return self.ruby(text[2:-1] if single else f"%Q[{text.replace('${', '#{')}]", time, record)

    def out(self, one, time, record):
        match one.plugin:
            case "relabel":
                self.flow(one.values["@label"], time, record)
            case "copy":
                for store in one.all("store"):
                    self.out(store, time, deepcopy(record))
            case "loki":
                self.sent["loki"].append(_stream(one, time, record))
            case "elasticsearch":
                self.sent["elasticsearch"].append(_document(one, time, record))


def _asked(one):
    """A value that begins as JSON does is JSON."""
    given = one.one("record").values if one.all("record") else {}
    return {name: json.loads(text) if text[0] in "{[" else text for name, text in given.items()}


def _stream(one, time, record):
    names = {name: value or name for name, value in one.one("label").values.items()}
    labels = {name: record[key] for name, key in names.items() if isinstance(record.get(key), str)}
    rest = [value for key, value in record.items() if key not in names.values()]
    if len(rest) != 1 or one.values.get("drop_single_key") != "true":
        raise ValueError(f"the line would be written anew, from {rest}")
    return labels, time, rest[0]


def _document(one, time, record):
    """Raises ValueError for what the plugin drops: what it should create, and has no id."""
    if one.values["write_operation"] == "create" and not record.get(one.values.get("id_key", "")):
        raise ValueError("a document without an id is not created")
    removed = one.values.get("remove_keys", "").split(",")
    found = {name: value for name, value in record.items() if name not in removed and value is not None}
    return one.values["index_name"], found | {"@timestamp": record.get(one.values.get("time_key"), time)}


def seconds(time):
    """RFC 3339 as whole seconds and nanoseconds."""
    whole, fraction = re.fullmatch(r"([^.Z]+)(?:\.(\d+))?Z", time).groups()
    return int(datetime.fromisoformat(f"{whole}+00:00").timestamp()), int(f"{fraction or 0:0<9}")
