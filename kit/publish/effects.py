"""What a write does to objects beside its own, so that it counts as nobody's edit. Pure.

A rule has one group: a group that is written takes its rules out of the groups that had them. A contact point has one
name: its new one is put into the policies by Grafana. Both as Grafana 13.1 does it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from kit.publish.kinds import contact_points, policies
from kit.publish.kinds import rules as rule_groups
from kit.publish.model import Found, Step

# Any subset of so many steps is thought of.
_FEW = 4
Rule = Mapping[str, Any]
Founds = Mapping[str, Mapping[str, Found]]


def rules(content: object) -> Sequence[Rule]:
    """The rules of a group's content; none of anything else."""
    return content.get("rules", ()) if isinstance(content, Mapping) else ()


def uids(content: object) -> set[str]:
    """The uids of a group's rules."""
    return {rule["uid"] for rule in rules(content)}


def but(content: Mapping[str, Any], taken: Collection[str]) -> Mapping[str, Any]:
    """A group's content without these rules."""
    return {**content, "rules": [rule for rule in rules(content) if rule["uid"] not in taken]}


def lent(content: Mapping[str, Any], takers: Sequence[set[str]]) -> Iterator[Mapping[str, Any]]:
    """What is left of a group once some of the steps that take these rules were carried out; of more than four, once
    one was, or all."""
    numbers = range(1, len(takers) + 1) if len(takers) <= _FEW else (1, len(takers))
    for number in numbers:
        for some in combinations(takers, number):
            yield but(content, set().union(*some))


def brought(step: Step) -> set[str]:
    """The uids of the rules that a step puts into its group."""
    return uids(step.item.load()) if step.kind == rule_groups.name and step.item else set()


def lenders(step: Step, found: Founds) -> list[str]:
    """The other groups out of which a step takes rules."""
    mine = brought(step)
    groups = found.get(rule_groups.name, {}).values() if mine else ()
    return [one.key for one in groups if one.key != step.key and mine & uids(one.content)]


def renames(steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    """The old and the new name of each contact point that is renamed."""
    for step in steps:
        if step.kind == contact_points.name and step.found and step.item:
            was, to = step.found.content["name"], step.item.load()["name"]
            if was != to:
                yield was, to


def renamed(tree: Mapping[str, Any], names: Iterable[tuple[str, str]]) -> Iterator[Mapping[str, Any]]:
    """The content of policies, as each contact point that is renamed in turn leaves it."""
    for was, to in names:
        tree = policies.renamed(tree, was, to)
        yield tree
