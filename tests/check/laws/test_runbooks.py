from attrs import evolve

PAGE, INDEX = "docs/runbooks/ServiceDown.md", "docs/runbooks/README.md"


def pages(bench, subject, documents, written=None):
    broken = evolve(
        bench.build, documents=documents, runbook_pages=bench.build.runbook_pages if written is None else written
    )
    return bench.hear(broken, subject)


def test_an_alert_without_a_runbook(bench):
    rest = {path: text for path, text in bench.build.documents.items() if path != PAGE}
    pages(bench, "ServiceDown", rest).says(f"it has no runbook; write {PAGE}", at="services.py")
    pages(bench, "ServiceDown", {**rest, PAGE: "\n"}).says("it has no runbook", at="services.py")


def test_a_runbook_without_an_alert(bench):
    written = bench.build.runbook_pages | {"docs/runbooks/ServiceDwn.md"}
    found = pages(bench, "ServiceDwn", bench.build.documents, written)
    found.says("no alert has this name; did you mean 'ServiceDown'?", at="ServiceDwn.md")


def test_an_index_that_forgets_a_page(bench):
    listed = "".join(f"[x]({path.removeprefix('docs/runbooks/')})\n" for path in bench.build.runbook_pages)
    documents = {**bench.build.documents, INDEX: listed.replace("(ServiceDown.md)", "(Other.md)")}
    found = pages(bench, "README.md", documents)
    found.says("it does not list ServiceDown.md", at="README.md")


def test_no_index(bench):
    documents = {path: text for path, text in bench.build.documents.items() if path != INDEX}
    found = pages(bench, "README.md", documents, bench.build.runbook_pages - {INDEX})
    found.says("the runbooks have no index", at="README.md")


def test_where_only_the_compiled_pages_are_known_there_is_nothing_more_to_say(bench):
    documents = {path: text for path, text in bench.build.documents.items() if path != INDEX}
    pages(bench, None, documents, frozenset()).is_silent()
