"""Templates that messages use are defined and closed, and mute timings are hours of a day."""

import re
from collections.abc import Iterator

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.routing import Tree, trees
from kit.model.words import nearest

ID = "message-parts"
_USED, _DEFINED = re.compile(r'\{\{-?\s*template\s+"([^"]+)"'), re.compile(r'\{\{-?\s*define\s+"([^"]+)"')
_OPENS, _ENDS = re.compile(r"\{\{-?\s*(?:define|if|range|with|block)\b"), re.compile(r"\{\{-?\s*end\b")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for tree, _ in trees(build):
        for subject, message in (*_mutes(tree), *_templates(tree)):
            yield Finding(ruled.file(tree.path), ID, subject, message)


def _mutes(tree: Tree) -> Iterator[tuple[str, str]]:
    for name, intervals in tree.mutes.items():
        for times in (times for interval in intervals for times in interval.get("times") or ()):
            start, end = str(times.get("start_time")), str(times.get("end_time"))
            if not _CLOCK.fullmatch(start) or not _CLOCK.fullmatch(end) or start >= end:
                message = f"'{start}' to '{end}' is no time of a day; write 03:00 and a later hour of the same day"
                yield f"mute timing {name}", message


def _templates(tree: Tree) -> Iterator[tuple[str, str]]:
    defined = set(_DEFINED.findall(tree.templates))
    for name, receiver in tree.receivers.items():
        for used in dict.fromkeys(_USED.findall(str(receiver))):
            if used not in defined:
                yield (
                    f"receiver {name}",
                    f"it uses the template '{used}', which nothing defines{nearest(used, defined)}",
                )
    for used in dict.fromkeys(_USED.findall(tree.templates)):
        if used not in defined:
            yield f"template {used}", f"another template uses it, and nothing defines it{nearest(used, defined)}"
    opened, ended = len(_OPENS.findall(tree.templates)), len(_ENDS.findall(tree.templates))
    if opened != ended or tree.templates.count("{{") != tree.templates.count("}}"):
        yield "templates", f"{opened} blocks are opened and {ended} ended, or a brace is missing; close each"
