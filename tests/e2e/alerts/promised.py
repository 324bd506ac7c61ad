"""What the definitions promise of an alert's messages: read from what was compiled, so that no text stands twice."""

import re

from attrs import frozen

from kit.draw.links import variables
from kit.emit.scaled import shorter
from kit.model.words import milliseconds

OWN = "df-"


@frozen
class Promised:
    """Of one alert of a `product` (what was compiled); `page`: how uids of pages begin where it was published."""

    product: object
    alert: str
    page: str

    @property
    def rule(self):
        return next(rule for rule in self.product.rules[self.alert] if rule.name == self.alert)

    @property
    def summary(self):
        return self.rule.alert.summary

    @property
    def signal(self):
        return self.rule.alert.signal.name

    @property
    def hold(self):
        """Seconds that it lasts before it fires, scaled."""
        return milliseconds(shorter(self.rule.alert.level.hold, self.product.settings)) / 1000

    def what(self, labels, value):
        """A pattern of the sentence with value and level; `value` is one, and so is any label that is not given."""
        alert = self.rule.alert
        words = {label: re.escape(labels[label]) if label in labels else ".+" for label in self.rule.labels}
        words |= {"value": value, "level": re.escape(alert.signal.unit.words(self.rule.value))}
        marked = {name: f"\0{name}\0" for name in words}
        text = re.escape(alert.description.format_map(marked))
        for name, pattern in words.items():
            text = text.replace(re.escape(marked[name]), pattern)
        return text

    @property
    def runbook(self):
        return f"{self.product.settings.runbook_url}/{self.alert}.md"

    def panel(self, labels):
        """The address of its panel, and what is chosen there: its labels, as far as the page has a choice of them."""
        page, panel = self.product.links[self.alert]
        return self._address(page), {"viewPanel": str(panel), **self._chosen(page, labels)}

    def logs(self, labels):
        """The same of the page of logs."""
        site = self.product.site
        page = site.page(site.everywhere.logs)
        return self._address(page), self._chosen(page, labels)

    def around(self, since):
        """The time range of both, in seconds."""
        around = self.product.routing.message.around_ms // 1000
        return since - around, since + around

    def _address(self, page):
        return f"{self.product.settings.grafana_url}/d/{self.page}-{page.uid.removeprefix(OWN)}"

    def _chosen(self, page, labels):
        asked = variables(page, self.product.site)
        return {f"var-{choice.name}": labels[choice.filters] for choice in asked if choice.filters in labels}
