"""Incidents: each is a few lines, moves the signals that it says, and is made for alerts that exist."""

import ast
import importlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kit import load
from kit.model.signal import Signal
from simulator.incident import FOLDER, incidents
from tests.simulator.mornings import MORNING, hours

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = {
    value.name: value
    for path in sorted((ROOT / "signals").glob("[!_]*.py"))
    for value in vars(importlib.import_module(f"signals.{path.stem}")).values()
    if isinstance(value, Signal)
}
ALERTS = {alert.name: alert for alert in load.site(load.settings(ROOT / "settings.py"))[0].alerts}
# Those that the settings make, too.
SIGNALS |= {alert.signal.name: alert.signal for alert in ALERTS.values()}
NAMES = sorted(incidents())
BEGIN = 1800.0


@cache
def usual():
    return hours(many=1.5)


def series(sheet, signal):
    """The series that a signal reads, by target, name and labels; `up` is whether a target answers."""
    names = {metric.name for metric in signal.metrics}
    found = {}
    for target, many in sheet.series.items():
        if "up" in names:
            found[target, "up", ()] = sheet.up(target)
        found |= {(target, one.name, one.labels): one.values for one in many if one.metric.name in names}
    return found


def test_there_are_about_twentyfive():
    assert len(NAMES) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_few_lines_and_tells_a_story(name):
    text = (FOLDER / f"{name}.py").read_text()
    [play] = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert play.name == "play" and play.end_lineno - play.lineno <= 8
    assert incidents()[name].story.endswith(".") and ": " in incidents()[name].story
    assert 300 <= incidents()[name].lasts <= 2 * 3600


@pytest.mark.parametrize("name", NAMES)
def test_it_names_signals_and_alerts_that_exist_and_belong_together(name):
    one = incidents()[name]
    assert one.shows
    assert not set(one.shows) - SIGNALS.keys()
    assert not set(one.alerts) - ALERTS.keys()
    assert {ALERTS[alert].signal.name for alert in one.alerts} <= set(one.shows)


@pytest.mark.parametrize("name", NAMES)
def test_it_moves_what_it_says_and_only_while_it_is_played(name):
    before = int(BEGIN // 60) - 1
    sheet = hours(many=1.5, **{name: BEGIN})
    for shown in incidents()[name].shows:
        plain, played = series(usual(), SIGNALS[shown]), series(sheet, SIGNALS[shown])
        assert plain and all(np.array_equal(plain[key][:before], played[key][:before], equal_nan=True) for key in plain)
        assert played.keys() - plain.keys() or any(moved(plain[key], played[key], before) for key in plain), shown


def moved(plain, played, before):
    """Whether a series is elsewhere by more than a tenth of what it is (or of how it grows), or comes and goes."""
    if not np.array_equal(np.isnan(plain), np.isnan(played)):
        return True
    plain, played = np.nan_to_num(plain[before:]), np.nan_to_num(played[before:])
    grows = len(plain) > 1 and (np.diff(plain) >= 0).all() and (np.diff(played) >= 0).all() and plain[-1] > plain[0] + 1
    usual = (plain[-1] - plain[0]) if grows else np.abs(plain).max()
    return bool(np.abs(played - plain).max() > 0.1 * max(usual, 1e-3))


def test_every_alert_of_the_brief_has_an_incident():
    made_for = {alert for one in incidents().values() for alert in one.alerts}
    assert {name for name, alert in ALERTS.items() if alert.answers} <= made_for


def test_the_morning_of_these_tests_is_a_working_one():
    assert usual().frame["people"].activity.min() > 0.5, MORNING
