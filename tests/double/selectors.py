"""Label selectors, pages and metadata-only lists of the resource API."""

import base64
import re

import orjson

PART = re.compile(
    r"(?P<not>!)?(?P<key>[\w./-]+)\s*(?:(?P<sign>==|=|!=)\s*(?P<value>[\w.-]*)"
    r"|\s(?P<word>in|notin)\s*\((?P<values>[^)]*)\))?\s*(?:,\s*|$)"
)
PAGE = 2 << 20  # bytes of a page


class BadSelector(Exception):
    """A selector that Grafana does not understand."""


def selected(labels, selector):
    """Whether labels fit a selector like `a,b=c,d in (e,f),!g`. Raises BadSelector."""
    at = 0
    while at < len(selector):
        if not (part := PART.match(selector, at)):
            raise BadSelector(f"unable to parse requirement: found '{selector[at:][:1]}', expected: identifier")
        if not fits(labels, part):
            return False
        at = part.end()
    return True


def fits(labels, part):
    has, value = part["key"] in labels, labels.get(part["key"])
    if part["word"]:
        among = has and value in {each.strip() for each in part["values"].split(",")}
        return among == (part["word"] == "in")
    if part["sign"]:
        return (has and value == part["value"]) == (part["sign"] != "!=")
    return has != bool(part["not"])


def token_of(query):
    """Where a list goes on: `o` is the offset, `v` the version of the list. Raises ValueError."""
    return orjson.loads(base64.b64decode(query["continue"])) if query.get("continue") else {"o": 0, "v": 0}


def page(resources, query, version):
    """The resources of the page that is asked for, and the token of the next one ("" at the end).

    A page ends at the limit, or at about 2 MiB, and has a token then even where nothing follows. Selectors are applied
    to the page: it may be short or empty in the middle of a list. All seen on a real server. Raises ValueError.
    """
    start = token_of(query)["o"]
    limit, size, end = int(query.get("limit") or 0) or len(resources) + 1, 0, start
    while end < len(resources) and end - start < limit and size + resources[end].size <= PAGE:
        size += resources[end].size
        end += 1
    if end == len(resources) and end - start < limit:
        return resources[start:end], ""
    token = orjson.dumps({"o": end, "v": version, "s": False})
    return resources[start:end], base64.b64encode(token).decode()


def metadata_only(request):
    """Whether a list is asked for without the specs."""
    return "as=PartialObjectMetadataList" in request.headers.get("accept", "")
