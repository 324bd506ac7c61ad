"""What an installation needs, said for a terminal; and what was asked for, understood."""

from collections.abc import Iterable, Iterator, Sequence

from kit.emit.model import Product
from kit.model.sizing import Sizing
from kit.model.words import nearest
from kit.sizing.count import rows
from kit.sizing.needs import MOST_SERIES, RETENTION_DAYS, Needs, needs
from kit.sizing.shipped import SHIPPED, Shipped

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


class Unclear(Exception):
    """What was asked for cannot be understood; one sentence."""


def size(value: float) -> str:
    """Bytes with two digits that count: 1234567 → `1.2 MB`."""
    power = 0
    while value >= 999.5 and power < len(_UNITS) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.1f} {_UNITS[power]}" if value < 9.95 and power else f"{value:.0f} {_UNITS[power]}"


def amounts(sizing: Sizing, like: str, changed: Iterable[str]) -> dict[str, float]:
    """A typical installation, with `name=number` changed. Raises Unclear."""
    if like not in sizing.sizes:
        raise Unclear(f"no installation is called '{like}'{nearest(like, sizing.sizes)} ({', '.join(sizing.sizes)})")
    found = sizing.amounts(like)
    for text in changed:
        name, _, value = text.partition("=")
        if name not in found:
            raise Unclear(f"'{name}' is nothing that is counted{nearest(name, found)}; they are {', '.join(found)}")
        if not value.isdecimal():
            raise Unclear(f"'{text}' has no number; write {name}=12")
        found[name] = int(value)
    return found


def text(product: Product, like: str, changed: Sequence[str]) -> str:
    """The parts, and what they need together. Raises Unclear."""
    found = rows(product, amounts(product.site.sizing, like, changed))
    width = max(len(row.what) for row in found)
    lines = [f"{row.what.replace('`', ''):<{width}}  {row.series:>10,.0f} series" for row in found]
    all_ = needs(found)
    lines += ["", f"{all_.series:,.0f} series, {all_.samples:,.0f} samples per second"]
    lines += [
        f"{size(all_.day)} of disk a day, {size(all_.kept)} for {RETENTION_DAYS} days; {size(all_.memory)} of memory"
    ]
    verdict = "too much for one Prometheus: see docs/sizing.md" if all_.share > 1 else "one Prometheus is enough"
    lines += [f"{all_.share:.1%} of {MOST_SERIES:,} series: {verdict}", ""]
    return "\n".join([*lines, *_shipped(all_)])


def _shipped(needs: Needs) -> Iterator[str]:
    """How long the Prometheus of this project keeps it, and where it is given more."""
    for one in SHIPPED:
        has = f"{size(one.memory)} of memory, {size(one.disk)} of samples"
        yield f"in {one.where.replace('`', '')} ({has}): {kept(one, needs)}"
    if needs.share <= 1 and not all(one.fits(needs) and one.days(needs) == RETENTION_DAYS for one in SHIPPED):
        yield "how to give it more: docs/deployment.md, An overlay of your own"


def kept(shipped: Shipped, needs: Needs) -> str:
    """For how many days it keeps them; or that it cannot."""
    if not shipped.fits(needs):
        return f"too little memory: {size(needs.memory)} are needed"
    days = shipped.days(needs)
    return f"{days} days" if days == RETENTION_DAYS else f"{days} days instead of {RETENTION_DAYS}"
