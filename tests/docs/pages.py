"""The pages that people read: what in them is prose, what is code, where one can link to."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("docs", "monitoring", "examples", "secrets", "schemas", "tests", "bench")
ELSEWHERE = {"node_modules", ".venv"}
FENCED = re.compile(r"^ *```[^\n]*\n(.*?)^ *```$", re.M | re.S)
SPAN = re.compile(r"`([^`]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.M)


def pages():
    """Every page of the repository, by its path."""
    found = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in found if not ELSEWHERE & set(path.parts)}


def prose(text):
    """Without its code."""
    return SPAN.sub("", FENCED.sub("", text))


def code(text):
    """Lines of its blocks, those that go on with `\\` as one; and what stands in backticks."""
    for block in FENCED.findall(text):
        yield from re.sub(r"\\\n\s*", "", block).splitlines()
    for span in SPAN.findall(FENCED.sub("", text)):
        yield " ".join(span.split())


def anchors(text):
    """What its headings can be linked by, as GitHub makes it; a second one of the same name gets a number."""
    seen = {}
    for heading in HEADING.findall(FENCED.sub("", text)):
        name = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        seen[name] = seen.get(name, -1) + 1
        yield f"{name}-{seen[name]}" if seen[name] else name
