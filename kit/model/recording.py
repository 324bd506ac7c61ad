"""Which rates are recorded: those that a rule and a landing page, or several of them, read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kit.model.expr import RULE_WINDOW, Leaf, Recorded, Scope
from kit.model.metric import PLACE


def recordings(uses: Iterable[tuple[str, Leaf, Scope]]) -> Mapping[str, Recorded]:
    """`uses` are (who reads, what, in which scope); what several read is recorded once, with all labels they need."""
    readers: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, dict[str, None]] = defaultdict(dict)
    leaves: dict[str, Leaf] = {}
    for reader, leaf, scope in uses:
        if leaf.rated:
            readers[leaf.series].add(reader)
            labels[leaf.series] |= dict.fromkeys(leaf.needs(scope))
            leaves[leaf.series] = leaf
    several = sorted(series for series, who in readers.items() if len(who) > 1)
    return {series: _recorded(leaves[series], tuple(labels[series])) for series in several}


def _recorded(leaf: Leaf, labels: tuple[str, ...]) -> Recorded:
    own = sorted(set(labels) - set(PLACE))
    kept = (*PLACE, *own)
    level = "_".join(own) or "all"
    name = f"{level}:{leaf.series.removesuffix('_total')}:rate{RULE_WINDOW}"
    query = replace(leaf, where=(), keep=()).text(Scope(by=kept, window=RULE_WINDOW))
    return Recorded(name, kept, query, RULE_WINDOW)
