"""From drivers to series: one module an area, each with `play(sheet, jobs)`; the metrics are the catalogue's own."""

from simulator.plays import business, containers, hosts, monitoring, services, stores
from simulator.sheet import Sheet, Totals
from simulator.world import Frame

PLAYS = (services, business, stores, hosts, containers, monitoring)


def played(frame: Frame, totals: Totals) -> Sheet:
    """Everything that is exported in a stretch; `totals` go on from stretch to stretch."""
    sheet = Sheet(frame, totals)
    for area in PLAYS:
        area.play(sheet)
    return sheet
