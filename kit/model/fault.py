"""What is wrong with a definition, and where it stands.

A definition that is wrong is reported and built all the same, so that one run names every fault of a module
and not only its first.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

_KIT = str(Path(__file__).resolve().parent.parent)


@dataclass(frozen=True, order=True)
class Where:
    """A place in a source file: `file` as Python names it, `line` counted from 1 (0: the file as a whole)."""

    file: str
    line: int = 0


@dataclass(frozen=True, order=True)
class Fault:
    """One sentence about one definition; `trace` is for those who debug."""

    where: Where
    message: str
    trace: str = field(default="", compare=False)


class DefinitionError(ValueError):
    """A faulty definition outside of `collecting()`; `fault` says what and where."""

    def __init__(self, fault: Fault):
        super().__init__(f"{fault.where.file}:{fault.where.line}: {fault.message}")
        self.fault = fault


_faults: ContextVar[list[Fault] | None] = ContextVar("faults", default=None)


@contextmanager
def collecting() -> Iterator[list[Fault]]:
    """Within it, `report` collects into the list that it yields instead of raising."""
    faults: list[Fault] = []
    token = _faults.set(faults)
    try:
        yield faults
    finally:
        _faults.reset(token)


def report(message: str, where: Where, trace: str = "") -> None:
    """Say that the definition at `where` is wrong; raises DefinitionError when nobody collects."""
    fault = Fault(where, message, trace)
    faults = _faults.get()
    if faults is None:
        raise DefinitionError(fault)
    if fault not in faults:
        faults.append(fault)


def here() -> Where:
    """The nearest caller outside of kit/: the line of the definition that is being made."""
    frame = sys._getframe(1)
    while frame.f_back and (frame.f_code.co_filename.startswith(_KIT) or frame.f_code.co_filename.startswith("<")):
        frame = frame.f_back
    return Where(frame.f_code.co_filename, frame.f_lineno)
