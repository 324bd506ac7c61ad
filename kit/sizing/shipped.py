"""What the Prometheus of this project has: said here alone, for Compose, for Kubernetes and for docs/sizing.md."""

from attrs import frozen

from kit.sizing.needs import BYTES_A_SAMPLE, BYTES_A_SERIES, BYTES_OF_ITS_OWN, DAY, RETENTION_DAYS, ROOM, Needs

_MIB, _GIB = 2**20, 2**30


@frozen(kw_only=True)
class Shipped:
    """`where`: in words. `megabytes`: its limit of memory, in MiB. `volume`: of what it writes to, in GiB.

    `kept`: how many GB of samples, which Prometheus counts in powers of two; when there are more, the oldest go. Of the
    volume a fifth is to be free, says its manual: https://prometheus.io/docs/prometheus/latest/storage/
    """

    where: str
    megabytes: int
    volume: int
    kept: int

    @property
    def memory(self) -> float:
        """Bytes of memory."""
        return self.megabytes * _MIB

    @property
    def disk(self) -> float:
        """Bytes of samples."""
        return self.kept * _GIB

    @property
    def series(self) -> float:
        """How many its memory is enough for."""
        return (self.memory - BYTES_OF_ITS_OWN) / (BYTES_A_SERIES * ROOM)

    @property
    def samples(self) -> float:
        """How many a second its disk is enough for, as long as samples are to be kept."""
        return self.disk / (RETENTION_DAYS * DAY * BYTES_A_SAMPLE)

    def fits(self, needs: Needs) -> bool:
        """Whether its memory is enough."""
        return needs.memory <= self.memory

    def days(self, needs: Needs) -> int:
        """How many days of samples its disk is enough for, up to as many as are to be kept."""
        return min(RETENTION_DAYS, int(self.disk / needs.day))


# With Compose the volume is the host's disk.
BASE = Shipped(where="Compose and `k8s`", megabytes=2048, volume=25, kept=20)
PRODUCTION = Shipped(where="`overlays/production`", megabytes=8192, volume=100, kept=80)
SHIPPED = (BASE, PRODUCTION)
