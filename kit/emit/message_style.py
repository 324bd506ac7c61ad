"""How a channel writes text, a value and a link: plain, Slack's, HTML. All as Go templates, which fill in the values.

Plain text and Slack's are Go's text/template, which escapes nothing; HTML is html/template, which escapes each value
for where it stands (https://pkg.go.dev/html/template#hdr-Contexts).
"""

from collections.abc import Callable
from html import escape

from attrs import frozen


@frozen
class Style:
    """`name`: the part of a template's name that is its own. `said`: the template that writes a value.

    `text` escapes fixed text. `encoded` writes a value (a pipeline) into a link's query. `link` is one of several in a
    row, with a label and an address that is written already; `row` ends the row. `line` ends a line; `block` is what is
    said of one alert, under its status.
    """

    name: str
    said: str
    text: Callable[[str], str]
    encoded: Callable[[str], str]
    link: Callable[[str, str], str]
    row: Callable[[str], str]
    line: Callable[[str], str]
    block: Callable[[str, str], str]

    def value(self, field: str) -> str:
        """A field's value on one line, escaped as its place needs it."""
        return f'{{{{ template "{self.said}" {field} }}}}'


_SPACES = r"[\\s\\p{Zl}\\p{Zp}]+"
# Control characters, and those of formats (zero width, direction of writing): they hide, or turn round, what is said.
UNSEEN = r"[\\p{Cc}\\p{Cf}]"


def defined(style: Style) -> str:
    """The template that writes a value: on one line, whatever a label holds; of Slack's, its three signs escaped.

    What cannot be seen is written as \N{REPLACEMENT CHARACTER}, so that one sees that something is there.
    """
    signs = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")) if style is SLACK else ()
    pipes = "".join(f' | reReplaceAll "{sign}" "{written}"' for sign, written in signs)
    seen = f'. | reReplaceAll "{_SPACES}" " " | reReplaceAll "{UNSEEN}" "\N{REPLACEMENT CHARACTER}"'
    return f'{{{{ define "{style.said}" }}}}{{{{ {seen}{pipes} }}}}{{{{ end }}}}\n'


def _slack(text: str) -> str:
    """Slack's control characters, and no others: https://docs.slack.dev/messaging/formatting-message-text"""
    return escape(text, quote=False)


def _percent(pipeline: str) -> str:
    # urlquery writes a space as +, which what stands behind a # would read as a plus.
    return f'{{{{ {pipeline} | urlquery | reReplaceAll "[+]" "%20" }}}}'


def _by_itself(pipeline: str) -> str:
    # html/template encodes what stands in a link's query, a space as %20; urlquery would take its place.
    return f"{{{{ {pipeline} }}}}"


_BAR = "margin:0 0 12px;padding:4px 12px;border-left:4px solid {colour}"
COLOURS = {"FIRING": "#c4162a", "RESOLVED": "#37872d"}

PLAIN = Style(
    name="text",
    said="dataflux.said",
    text=str,
    encoded=_percent,
    link=lambda label, url: f"{label}: {url}\n",
    row=str,
    line=lambda line: f"{line}\n",
    block=lambda _, inner: f"\n{inner}",
)
SLACK = Style(
    name="slack",
    said="dataflux.slack.said",
    text=_slack,
    encoded=_percent,
    link=lambda label, url: f"<{url}|{label}>  ",
    row=lambda links: f"{links}\n",
    line=lambda line: f"{line}\n",
    block=lambda _, inner: f"\n{inner}",
)
HTML = Style(
    name="html",
    said="dataflux.said",
    text=escape,
    encoded=_by_itself,
    link=lambda label, url: f'<a href="{url}">{label}</a>&ensp;',
    row=lambda links: f"{links}\n",
    line=lambda line: f"{line}<br>\n",
    block=lambda status, inner: f'<p style="{_BAR.format(colour=COLOURS[status])}">\n{inner}</p>\n',
)
