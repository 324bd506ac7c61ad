"""The templates of the messages: each piece written once, rendered for each channel's style and either evaluator.

The data that a template is given: https://prometheus.io/docs/alerting/latest/notifications/ and, for Grafana,
https://grafana.com/docs/grafana/latest/alerting/configure-notifications/template-notifications/reference/.
Only functions that both know are used (Alertmanager 0.25 has no `date` or `tz`).
"""

from collections.abc import Callable, Iterator
from itertools import groupby

from attrs import frozen

from kit.draw.links import variables
from kit.emit.message_style import HTML, PLAIN, SLACK, Style, defined
from kit.emit.model import Product
from kit.model.message import LINKS, Message, Piece

TITLE, TEXT, SLACK_TITLE, SLACK_TEXT, HTML_TEXT = (
    "dataflux.title", "dataflux.text", "dataflux.slack.title", "dataflux.slack", "dataflux.html",
)  # fmt: skip
_JOINT = '{{ $joint }}{{ $joint = ", " }}'
_TIME = '.UTC.Format "2006-01-02 15:04:05 UTC"'


@frozen
class Evaluator:
    """What the evaluators' messages do not have in common: where an alert is silenced, and who mails HTML.

    `silence` is the address in a style, empty where the alert has none: a template around it asks `has_silence`.
    """

    styles: tuple[Style, ...]
    has_silence: str
    silence: Callable[[Style], str]


# As Alertmanager reads a matcher's value: three signs are escaped, and all others stand as they are. Go's %q would
# write a zero-width space as \u200b, which Alertmanager takes for six letters: such a silence holds nothing back.
_QUOTED = r'''.Value | reReplaceAll "([\"\\\\])" "\\$1" | reReplaceAll "\n" "\\n" | printf "\"%s\""'''


def _alertmanager_silence(style: Style) -> str:
    """The form of Alertmanager's own pages, filled in with all labels of the alert."""
    quoted = style.encoded(_QUOTED)
    matcher = f"{{{{ .Name }}}}%3D{quoted}"
    labels = f"{{{{ range $i, $label := .Labels.SortedPairs }}}}{{{{ if $i }}}}%2C{{{{ end }}}}{matcher}{{{{ end }}}}"
    return f"{style.value('$.ExternalURL')}/#/silences/new?filter=%7B{labels}%7D"


GRAFANA = Evaluator((PLAIN, SLACK), ".SilenceURL", lambda style: style.value(".SilenceURL"))
ALERTMANAGER = Evaluator((PLAIN, SLACK, HTML), "$.ExternalURL", _alertmanager_silence)


def call(name: str) -> str:
    """What a channel's setting says to use a template."""
    return f'{{{{ template "{name}" . }}}}'


def templates(product: Product, evaluator: Evaluator) -> str:
    """Every template of one evaluator, as one text; empty where nothing is said."""
    message = product.routing.message if product.routing else None
    if message is None:
        return ""
    said = "".join(defined(style) for style in evaluator.styles if style is not HTML)
    return said + "".join(_Writer(product, message, evaluator, style).templates() for style in evaluator.styles)


def _if(field: str, inner: str) -> str:
    """`inner` where the field is there; `$` and the alert stay what they were."""
    return f"{{{{ if {field} }}}}{inner}{{{{ end }}}}"


@frozen
class _Writer:
    """Writes the pieces of one message in one style."""

    product: Product
    message: Message
    evaluator: Evaluator
    style: Style

    def templates(self) -> str:
        """A template for each piece, then the whole, and the title where the style has its own."""
        name = self.style.name
        title = {PLAIN: TITLE, SLACK: SLACK_TITLE}.get(self.style)
        pieces = (self._define(f"dataflux.{name}.{piece}", self._piece(piece))
                  for piece in self.message.pieces if piece != "silence")  # fmt: skip
        whole = self._define(f"dataflux.{name}", self._body())
        return f"{self._define(title, self.title()) if title else ''}{''.join(pieces)}{whole}"

    def _define(self, name: str, inner: str) -> str:
        return f'{{{{ define "{name}" }}}}{inner}{{{{ end }}}}\n'

    def title(self) -> str:
        """Status and how many, the alert's name, and where: on one line."""
        count = "{{ if .Alerts.Firing }}FIRING {{ len .Alerts.Firing }}{{ end }}"
        resolved = "RESOLVED{{ if .Alerts.Firing }} {{ len .Alerts.Resolved }}{{ end }}"
        both = f"{{{{ if and .Alerts.Firing .Alerts.Resolved }}}}, {{{{ end }}}}{_if('.Alerts.Resolved', resolved)}"
        places = (
            _if(f".GroupLabels.{label}", f" · {self.style.value(f'.GroupLabels.{label}')}")
            for label in ("cluster", "environment")
        )
        return f"[{count}{both}] {self.style.value('.GroupLabels.alertname')}{''.join(places)}"

    def _body(self) -> str:
        summary = _if(".CommonAnnotations.summary", self.style.line(self.style.value(".CommonAnnotations.summary")))
        body = f"{summary}{self._each('FIRING')}{self._each('RESOLVED')}"
        if self.style is not HTML:
            return body
        head = f'<meta charset="utf-8"><title>{{{{ template "{TITLE}" . }}}}</title>'
        shape = "font-family:sans-serif;line-height:1.5"
        return f'<!DOCTYPE html>\n<html><head>{head}</head><body style="{shape}">\n{body}</body></html>\n'

    def _each(self, status: str) -> str:
        """What is said of the alerts of a status, up to as many as are told; then how many there are."""
        alerts, most = f".Alerts.{status.capitalize()}", self.message.most
        block = self.style.block(status, "".join(self._pieces(status)))
        told = f"{{{{ range $i, $alert := {alerts} }}}}{{{{ if lt $i {most} }}}}{block}{{{{ end }}}}{{{{ end }}}}"
        rest = f"{status}: {{{{ len {alerts} }}}} alerts, of which the first {most} are told here."
        more = f"{{{{ if gt (len {alerts}) {most} }}}}{self.style.block(status, self.style.line(rest))}{{{{ end }}}}"
        return told + more

    def _pieces(self, status: str) -> Iterator[str]:
        """The pieces of one alert, called by name; the silence is written here, because it needs what is around."""
        for links, pieces in groupby(self.message.pieces, LINKS.__contains__):
            calls = (
                f'{{{{ template "dataflux.{self.style.name}.{piece}" . }}}}'
                if piece != "silence"
                else self._silence() * (status == "FIRING")
                for piece in pieces
            )
            yield self.style.row("".join(calls)) if links else "".join(map(self.style.line, calls))

    def _piece(self, piece: Piece) -> str:
        match piece:
            case "what":
                return self._what()
            case "since":
                until = f'{{{{ if eq .Status "resolved" }}}} until {{{{ .EndsAt{_TIME} }}}}{{{{ end }}}}'
                return f"Since {{{{ .StartsAt{_TIME} }}}}{until}"
            case "place":
                return self._place()
            case "panel":
                url = f"{self.style.value('.Annotations.dashboard_url')}{self.style.text('&')}{self._around()}"
                return _if(".Annotations.dashboard_url", self.style.link("Panel", url))
            case "logs":
                return self._logs()
            case "runbook":
                url = self.style.value(".Annotations.runbook_url")
                return _if(".Annotations.runbook_url", self.style.link("Runbook", url))
            case "silence":
                return self._silence()

    def _silence(self) -> str:
        return _if(self.evaluator.has_silence, self.style.link("Silence", self.evaluator.silence(self.style)))

    def _what(self) -> str:
        """The description; of an alert that has none (another's), its name."""
        severity = _if(".Labels.severity", f" ({self.style.value('.Labels.severity')})")
        told, name = self.style.value(".Annotations.description"), self.style.value(".Labels.alertname")
        said = f"{{{{ if .Annotations.description }}}}{told}{{{{ else }}}}{name}{{{{ end }}}}"
        return f"{{{{ .Status | toUpper }}}}{severity} {said}"

    def _place(self) -> str:
        """`Where: service x, cluster y, queue z`: those that come first, then the others by name."""
        message, value = self.message, self.style.value
        first = (_if(f".Labels.{label}", f"{_JOINT}{label} {value(f'.Labels.{label}')}") for label in message.first)
        told = " ".join(f'"{label}"' for label in (*message.first, *message.untold))
        others = f"(.Labels.Remove (stringSlice {told})).SortedPairs"
        rest = f"{{{{ range {others} }}}}{_JOINT}{value('.Name')} {value('.Value')}{{{{ end }}}}"
        return f'Where{{{{ $joint := ": " }}}}{"".join(first)}{rest}'

    def _around(self) -> str:
        """The time range of a link, around the alert's start; Go counts durations in nanoseconds."""
        ns = self.message.around_ms * 1_000_000
        begin, end = (f"{{{{ (.StartsAt.Add {sign}{ns}).UnixMilli }}}}" for sign in ("-", ""))
        return f"from={begin}{self.style.text('&')}to={end}"

    def _logs(self) -> str:
        """The page of logs, with its variables set to those labels that the alert has."""
        site = self.product.site
        page = site.page(site.everywhere.logs)
        if page is None:
            return ""
        chosen = (
            _if(f".Labels.{choice.filters}",
                f"{self.style.text('&')}var-{choice.name}={self.style.encoded(f'.Labels.{choice.filters}')}")
            for choice in variables(page, site)
        )  # fmt: skip
        address = self.style.text(f"{site.settings.grafana_url}/d/{page.uid}?")
        return self.style.link("Logs", f"{address}{self._around()}{''.join(chosen)}")
