"""What Logstash makes of a line with a pipeline that was parsed: its filters, as far as ours uses them.

By their documentation: https://www.elastic.co/docs/reference/logstash/plugins/filter-plugins. Logstash itself cannot be
had in CI; the grammar is its own (parser/).
"""

import json
import re

from tests.logs.lines import moment

# Of Logstash's own patterns.
PATTERNS = {"NONNEGINT": r"\b(?:[0-9]+)\b", "NOTSPACE": r"\S+", "GREEDYDATA": ".*"}
ISO8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
# Plugin → what it may be told here; mutate does what it is told in this order, whatever the order of the file.
KNOWN = {
    "grok": ("match", "keep_empty_captures"),
    "json": ("source", "target", "skip_on_invalid_json"),
    "date": ("match", "target"),
    "mutate": ("rename", "replace", "copy", "add_field", "remove_field"),
}


class Event(dict):
    """Fields by reference: `service`, `[said][level]`; null is as good as missing."""

    def at(self, reference):
        names = re.findall(r"\[([^\]]+)\]", reference) or [reference]
        place = self
        for name in names[:-1]:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise ValueError(f"what {reference} is in {place!r} is not known here")
        return place, names[-1]

    def read(self, reference):
        place, name = self.at(reference)
        return place.get(name)

    def write(self, reference, value):
        place, name = self.at(reference)
        place[name] = value

    def take(self, reference):
        place, name = self.at(reference)
        return place.pop(name, None)

    def text(self, template, environment):
        """With what the variables and the fields say; of a field that is not there, its reference."""
        known = re.sub(r"\$\{(\w+)\}", lambda found: environment[found[1]], template)
        return re.sub(
            r"%\{([^}]+)\}", lambda found: str(self.read(found[1]) if self.has(found[1]) else found[0]), known
        )

    def has(self, reference):
        return self.read(reference) is not None


def filtered(block, event, environment):
    """Each plugin in turn, and the branch that holds. Raises ValueError for what is not modelled."""
    for one in block:
        if "ways" in one:
            taken = next((way["then"] for way in one["ways"] if holds(way["when"], event)), one["else"])
            filtered(taken, event, environment)
            continue
        values = {name: value for name, value in one["values"].items() if name != "id"}
        if unknown := values.keys() - set(KNOWN[one["plugin"]]):
            raise ValueError(f"what {one['plugin']} does with {', '.join(sorted(unknown))} is not known here")
        PLUGINS[one["plugin"]](event, values, environment)


def holds(parts, event):
    """From left to right: `and` binds closer than `or`, which ours does not use."""
    if {part["by"].strip() for part in parts} - {"", "and"}:
        raise ValueError("a condition of more than `and` is not known here")
    return all(asked(part, event) for part in parts)


def asked(part, event):
    match part["kind"]:
        case "there":
            return event.read(part["what"]["field"]) not in (None, False)
        case "in":
            return part["what"]["text"] in (event.read(part["of"]["field"]) or ())
        case "matches":
            value = event.read(part["what"]["field"])
            return value is not None and bool(re.search(part["pattern"], str(value)))
    raise ValueError(f"what {part['kind']} asks is not known here")


def grok(event, values, _):
    [(source, pattern)] = values["match"].items()
    references = []

    def group(found):
        name, _, reference = found[1].partition(":")
        if not reference:
            return f"(?:{PATTERNS[name]})"
        references.append(reference)
        return f"({PATTERNS[name]})"

    expression = re.sub(r"%\{([^}]+)\}", group, pattern).replace(r"\z", r"\Z")
    found = re.search(expression, event.read(source))
    if not found:
        event.setdefault("tags", []).append("_grokparsefailure")
        return
    for reference, value in zip(references, found.groups(), strict=True):
        if value or values.get("keep_empty_captures") == "true":
            event.write(reference, value)


def from_json(event, values, _):
    try:
        event.write(values["target"], json.loads(event.read(values["source"])))
    except ValueError:
        if values.get("skip_on_invalid_json") != "true":
            event.setdefault("tags", []).append("_jsonparsefailure")


def date(event, values, _):
    reference, form = values["match"]
    value = event.read(reference)
    if form != "ISO8601":
        raise ValueError(f"what a date of {form} is, is not known here")
    if value is None:
        return
    if isinstance(value, str) and ISO8601.fullmatch(value):
        event.write(values.get("target", "@timestamp"), moment(value))
    else:
        event.setdefault("tags", []).append("_dateparsefailure")


def mutate(event, values, environment):
    for old, new in values.get("rename", {}).items():
        if event.has(old):
            event.write(new, event.take(old))
    for reference, template in values.get("replace", {}).items():
        event.write(reference, event.text(template, environment))
    for source, to in values.get("copy", {}).items():
        event.write(to, event.read(source))
    for reference, template in values.get("add_field", {}).items():
        event.write(reference, event.text(template, environment))
    for reference in values.get("remove_field", ()):
        event.take(reference)


PLUGINS = {"grok": grok, "json": from_json, "date": date, "mutate": mutate}
