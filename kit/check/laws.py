"""Run the laws over a build. A new module in rules/ is found by being there."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator

from kit.check import rules
from kit.check.build import Build
from kit.check.finding import Finding

Law = Callable[[Build], Iterator[Finding]]


def laws() -> dict[str, Law]:
    """Rule id → its check."""
    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
    return {name.replace("_", "-"): importlib.import_module(f"kit.check.rules.{name}").check for name in names}


def findings(build: Build) -> list[Finding]:
    """Everything that the laws find, in the order of the sources."""
    return sorted(finding for law in laws().values() for finding in law(build))
