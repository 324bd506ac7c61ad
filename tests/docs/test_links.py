"""Every link of every page leads to a file, and to a heading, that is there."""

import re

import pytest

from tests.docs.pages import ROOT, anchors, pages, prose

PAGES = pages()
LINK = re.compile(r"\]\(([^)\s]+)\)")


def broken(path, text):
    """The links that lead nowhere."""
    for link in LINK.findall(prose(text)):
        if re.match(r"[a-z]+:", link):
            continue
        to, _, anchor = link.partition("#")
        file = (ROOT / path).parent / to
        if not file.exists() or (anchor and anchor not in anchors(file.read_text() if to else text)):
            yield link


@pytest.mark.parametrize("path", sorted(PAGES))
def test_its_links_lead_somewhere(path):
    assert list(broken(path, PAGES[path])) == []


def test_a_link_that_leads_nowhere_is_noticed():
    text = "# A b, `c`\n\n[1](#a-b-c) [2](laws.md#links) [3](#a) [4](nowhere.md) [5](laws.md#lynx) [6](http://x.y/)\n"
    assert list(broken("docs/page.md", text)) == ["#a", "nowhere.md", "laws.md#lynx"]
    assert list(broken("docs/page.md", "```\n[1](nowhere.md)\n```\n`[2](nowhere.md)`\n")) == []
