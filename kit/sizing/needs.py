"""What so many series need: bytes on the disk, and memory. Each number with where it was read."""

from collections.abc import Iterable

from attrs import frozen

from kit.sizing.count import Row

# "an average of only 1-2 bytes per sample": https://prometheus.io/docs/prometheus/latest/storage/. Blocks with their
# index were measured at 1.8: https://www.robustperception.io/how-much-disk-space-do-prometheus-blocks-use
BYTES_A_SAMPLE = 2
# Of a series in the head, samples and remote write included:
# https://www.robustperception.io/why-does-prometheus-use-so-much-ram (Prometheus 2.20)
BYTES_A_SERIES = 3_000
# The same again for queries, for Go's garbage, and for what restarts leave behind until the next block.
ROOM = 2
# Of the program itself, before there is a series: a round number above what an empty one takes.
BYTES_OF_ITS_OWN = 200_000_000
# Our own limit, not Prometheus's: with it, memory stays below half a node of 32 GB, and a restart, which reads the log
# of two hours again, takes minutes.
MOST_SERIES = 2_000_000
# Of Mimir, for each copy of a series in memory, with half as much again for peaks:
# https://grafana.com/docs/mimir/latest/manage/run-production-environment/planning-capacity/
MIMIR_BYTES_A_SERIES = 2.5e9 / 300_000 * 1.5
MIMIR_SERIES_A_CORE = 300_000
DAY = 86_400
# How long samples are kept where nobody says otherwise: a month can be compared with the one before.
RETENTION_DAYS = 35


@frozen
class Needs:
    """`series` at once, `samples` per second; bytes on the disk a day, and of memory."""

    series: float
    samples: float

    @property
    def day(self) -> float:
        """Bytes on the disk for a day."""
        return self.samples * DAY * BYTES_A_SAMPLE

    @property
    def memory(self) -> float:
        """Bytes of memory."""
        return BYTES_OF_ITS_OWN + self.series * BYTES_A_SERIES * ROOM

    @property
    def kept(self) -> float:
        """Bytes on the disk when the oldest sample is as old as it gets."""
        return self.day * RETENTION_DAYS

    @property
    def share(self) -> float:
        """Of what one Prometheus is asked to hold at the most."""
        return self.series / MOST_SERIES


def needs(rows: Iterable[Row]) -> Needs:
    """Of all parts together."""
    found = tuple(rows)
    return Needs(sum(row.series for row in found), sum(row.samples for row in found))
