"""Units: how Grafana is told, how a person reads a number, how an alert's text writes it."""

from dataclasses import dataclass

from kit.model.words import number


@dataclass(frozen=True)
class Unit:
    """`grafana` is Grafana's id (@grafana/data `valueFormats/categories`); `suffix` is what a person reads.

    `scale` turns the stored value into the read one (100 for shares); `template` is the function of alert texts, with
    its first arguments, that Prometheus and Grafana share (https://prometheus.io/docs/prometheus/latest/configuration/template_reference/),
    `decimals` the digits a panel shows (None: Grafana decides); `top` the value that means full (1 for shares);
    `names` are a state's values with their names, and whether each is good.
    """

    grafana: str
    suffix: str = ""
    scale: float = 1
    template: str = "humanize"
    decimals: int | None = None
    top: float | None = None
    names: tuple[tuple[float, str, bool], ...] = ()

    def words(self, value: float) -> str:
        """`0.05` as a person writes it: `5 %`."""
        if self.template == "humanize1024":
            for name, size in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
                if abs(value) >= size:
                    return f"{number(round(value / size, 2))} {name}"
        return f"{number(round(value * self.scale, 6))}{' ' + self.suffix if self.suffix else ''}"

    def written(self, value: str) -> str:
        """A template that writes the template value `value` with its unit."""
        plain = {"humanizePercentage", "humanizeDuration"}
        tail = "" if self.template in plain else {"humanize1024": "B"}.get(self.template, f" {self.suffix}".rstrip())
        return f"{{{{ {value} | {self.template} }}}}{tail}"


PERCENT = Unit("percentunit", "%", scale=100, template="humanizePercentage", top=1)
SECONDS = Unit("s", "s", template="humanizeDuration")
SECONDS_PER_SECOND = Unit("suffix: s/s", "s/s", decimals=2)
MILLISECONDS = Unit("ms", "ms")
BYTES = Unit("bytes", "B", template="humanize1024")
BYTES_PER_SECOND = Unit("Bps", "B/s")
REQUESTS_PER_SECOND = Unit("reqps", "requests/s")
OPERATIONS_PER_SECOND = Unit("ops", "operations/s")
# humanize would write 0.02 as 20m, which reads as millions.
PER_SECOND = Unit("count:/s", "per second", template='printf "%.4g"')
PER_MINUTE = Unit("count:/min", "per minute", template='printf "%.4g"')
COUNT = Unit("locale", decimals=0)  # short would write 501 to 1499 as 1 K
NUMBER = Unit("short")
CORES = Unit("suffix: cores", "cores", decimals=2)
UP_DOWN = Unit("none", decimals=0, top=1, names=((0, "Down", False), (1, "Up", True)))
ACCEPTED = Unit("none", decimals=0, top=1, names=((0, "Rejected", False), (1, "Accepted", True)))
WORKING = Unit("none", decimals=0, top=1, names=((0, "Failing", False), (1, "Working", True)))
LOG_LINES = Unit("locale", "lines", decimals=0)
