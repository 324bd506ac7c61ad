"""Incidents: what can go wrong, found in incidents/ by being there."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kit.model.words import nearest, seconds

FOLDER = Path(__file__).resolve().parents[1] / "incidents"


@dataclass(frozen=True)
class Incident:
    """A module of incidents/: its docstring, how long it `lasts` (seconds), the signals that it `shows` in, the
    `alerts` that it is made for, and `play(world, age)`, which turns knobs at each step, `age` seconds after it began.
    """

    name: str
    story: str
    lasts: float
    shows: tuple[str, ...]
    alerts: tuple[str, ...]
    play: Callable[[Any, float], None]


class Unknown(ValueError):
    """No incident of that name; one sentence."""


@cache
def incidents() -> dict[str, Incident]:
    """Every incident by its name."""
    return {path.stem: _read(path.stem) for path in sorted(FOLDER.glob("[!_]*.py"))}


def incident(name: str) -> Incident:
    """The incident of that name. Raises Unknown."""
    try:
        return incidents()[name]
    except KeyError:
        raise Unknown(
            f"there is no incident '{name}'{nearest(name, incidents())}; incidents/ has {', '.join(incidents())}"
        ) from None


def _read(name: str) -> Incident:
    module = importlib.import_module(f"incidents.{name}")
    return Incident(
        name,
        " ".join((module.__doc__ or "").split()),
        seconds(module.lasts),
        tuple(module.shows.split()),
        tuple(module.alerts.split()),
        module.play,
    )
