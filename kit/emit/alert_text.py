"""What an alert says: labels and annotations, in the dialect of either evaluator."""

from attrs import frozen

from kit.draw.links import variables
from kit.emit.model import Product
from kit.model.alert import Rule
from kit.model.metric import PLACE


@frozen
class Dialect:
    """How an evaluator's templates name the value."""

    value: str


PROMETHEUS, GRAFANA = Dialect("$value"), Dialect("$values.B.Value")


def labels(rule: Rule) -> dict[str, str]:
    """Labels beside those of the series: how bad, and which signal (for inhibition)."""
    return {"severity": rule.alert.severity, "signal": rule.alert.signal.name}


def annotations(rule: Rule, product: Product, dialect: Dialect) -> dict[str, str]:
    """Fixed summary, description with value and level, and the links to panel and runbook."""
    alert = rule.alert
    told = {
        "summary": alert.summary,
        "description": description(rule, dialect),
        "runbook_url": runbook(alert.name, product),
    }
    panel = panel_url(rule, product)
    return told | ({"dashboard_url": panel} if panel else {})


def said(rule: Rule, dialect: Dialect) -> str:
    """The alert's description as a template, where there is a value."""
    unit = rule.alert.signal.unit
    assert unit is not None  # a signal without a unit has been reported, and nothing is written then
    words = {label: f"{{{{ $labels.{label} }}}}" for label in rule.labels}
    words |= {"value": unit.written(dialect.value), "level": unit.words(rule.value)}
    return rule.alert.description.format_map(words)


def description(rule: Rule, dialect: Dialect) -> str:
    """What is said; where no data alerts as well, a second sentence for that."""
    told, nothing = said(rule, dialect), rule.alert.nothing
    if rule.alert.no_data != "alerting":
        return told
    # What stands for nothing lacks the labels of the series. So does a query of Grafana's that cannot be run
    # (DatasourceError); there is no value then, and writing one would break the text.
    last = rule.labels[-1]
    whether = f"{{{{ if $labels.{last} }}}}{told}{{{{ else }}}}{nothing}{{{{ end }}}}"
    if last not in PLACE:
        return whether
    # It has its place, though, and what is asked for by name.
    asked = next(match.label for leaf in rule.leaves for match in leaf.where if match.label not in rule.labels)
    return f"{{{{ if $labels.{asked} }}}}{nothing}{{{{ else }}}}{whether}{{{{ end }}}}"


def runbook(name: str, product: Product) -> str:
    """Where the alert's runbook can be read."""
    return f"{product.settings.runbook_url}/{name}.md"


def panel_url(rule: Rule, product: Product) -> str:
    """The panel, with the variables of its page set to the labels of the alert; the message adds the time."""
    if rule.alert.name not in product.links:
        return ""
    page, panel = product.links[rule.alert.name]
    chosen = [
        f"{{{{ with $labels.{choice.filters} }}}}&var-{choice.name}={{{{ . | urlquery }}}}{{{{ end }}}}"
        for choice in variables(page, product.site)
        if choice.filters in rule.labels
    ]
    return f"{product.settings.grafana_url}/d/{page.uid}?viewPanel={panel}{''.join(chosen)}"


def group_name(area: str) -> str:
    """`data_stores` → `data-stores`."""
    return area.replace("_", "-")


def all_labels(product: Product) -> tuple[str, ...]:
    """Every label that tells instances of alerts apart, in order of first use."""
    return tuple(dict.fromkeys(x for rules in product.rules.values() for rule in rules for x in rule.labels))
