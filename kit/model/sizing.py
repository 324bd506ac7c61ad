"""What is said of an installation's size: how many there are of what, and how many series each of them has.

Every count is a sum of products: `{"nodes": 230, "nodes cpus": 13}` is 230 series a node, and 13 for each of its CPUs.
"""

from collections.abc import Mapping
from math import prod

from attrs import field, frozen

# A number, or the name of a quantity that says it.
Number = int | str
# Quantity's name → how many there are.
Amounts = Mapping[str, float]


@frozen
class Quantity:
    """`words`: what is counted. `sizes`: how many a typical installation of each size has (`small`, `medium`, …)."""

    words: str
    sizes: Mapping[str, int]


@frozen
class Own:
    """Targets whose metrics the catalogue declares: `targets` names their number.

    `lacks`: labels of which they have no value, so that they export none of the metrics that have one. `process`:
    series of the process itself, which its client library adds. `labels`: where it has another number of values.
    """

    job: str
    what: str
    targets: Number
    process: int
    lacks: tuple[str, ...] = ()
    labels: Mapping[str, Number] = field(factory=dict)


@frozen
class Scraped:
    """Somebody else's exporter: `series` as products of quantities → how many series. `known`: how that is known."""

    job: str
    targets: Number
    series: Mapping[str, int]
    known: str

    def total(self, amounts: Amounts) -> float:
        """The series of all its targets."""
        return sum(count * prod(amounts[name] for name in names.split()) for names, count in self.series.items())


@frozen
class Sizing:
    """`labels`: label → how many values it has in one target. `services`: the quantity of different services."""

    quantities: Mapping[str, Quantity] = field(factory=dict)
    labels: Mapping[str, Number] = field(factory=dict)
    own: tuple[Own, ...] = ()
    scraped: tuple[Scraped, ...] = ()
    services: Number = 1

    @property
    def sizes(self) -> tuple[str, ...]:
        """The names of the typical installations."""
        return tuple(dict.fromkeys(size for quantity in self.quantities.values() for size in quantity.sizes))

    def amounts(self, size: str) -> dict[str, float]:
        """How many there are of everything in a typical installation."""
        return {name: quantity.sizes[size] for name, quantity in self.quantities.items()}


def amount(number: Number, amounts: Amounts) -> float:
    """A number, or the quantity that it names."""
    return amounts[number] if isinstance(number, str) else number
