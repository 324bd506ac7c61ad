"""What is compiled into pages and tables below docs/ stands there as it is compiled."""

from tests.docs.pages import ROOT


def test_it_is_what_it_would_be_compiled_to(compiled):
    assert compiled.documents
    stale = [path for path, text in compiled.documents.items() if (ROOT / path).read_bytes() != text.encode()]
    assert stale == [], "run make dashboards, and commit what changes"
