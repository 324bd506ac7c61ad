import pytest

TIME = "&${__url_time_range}"


def click(url, **more):
    return lambda panel: panel["fieldConfig"]["defaults"].update(links=[{"title": "x", "url": url, **more}])


def overview(board):
    return board.path.endswith("/df-overview.json")


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("/d/df-nowhere?x=1" + TIME, "leads to the dashboard 'df-nowhere', which does not exist"),
        ("/d/df-servic?x=1" + TIME, "did you mean 'df-service'?"),
        ("/d/df-service/some-title?viewPanel=7" + TIME, "leads to panel 7 of df-service, which does not exist"),
        ("/d/df-service?viewPanel=panel-7" + TIME, "leads to panel 7 of df-service"),
        (
            "/d/df-service?var-servce=x" + TIME,
            "passes 'servce', which df-service has no variable for; did you mean 'service'?",
        ),
        ("/d/df-service?${queue:queryparam}" + TIME, "passes 'queue', which df-service has no variable for"),
        ("/d/df-service?var-service=x", "forgets the time range"),
        ("df-service", "leads nowhere"),
    ],
)
def test_a_click_leads_somewhere(bench, url, part):
    bench.panel(click(url)).says(part)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "/d/df-service?var-service=x&from=now-1h&to=now",
        "/d/df-service?${__all_variables}" + TIME,
    ],
)
def test_what_leads_somewhere_passes(bench, url):
    bench.panel(click(url)).is_silent()


def test_an_existing_panel_passes(bench):
    service = next(board for board in bench.build.dashboards if board.path.endswith("/df-service.json"))
    for form in ("", "panel-"):
        bench.panel(click(f"/d/df-service?viewPanel={form}{service.panels[1].json['id']}{TIME}")).is_silent()


def test_links_of_columns_and_in_words_are_read_too(bench):
    def column(panel):
        panel["fieldConfig"]["overrides"][0]["properties"].append(
            {"id": "links", "value": [{"url": "/d/df-no?" + TIME}]}
        )

    bench.panel(column, kind="table").says("'df-no'")

    def words(panel):
        panel.update(type="text", options={"content": f"See [there](/d/df-no?{TIME}) and [here](https://example.org)."})

    bench.panel(words).says("'df-no'")


def test_a_panels_link_keeps_the_time_by_its_own_switch(bench):
    link = {"title": "x", "url": "/d/df-overview", "keepTime": True}
    bench.panel(lambda panel: panel.update(links=[link])).is_silent()
    bench.panel(lambda panel: panel.update(links=[{**link, "keepTime": False}])).says("forgets the time range")


def test_a_runbook_that_is_not_there(bench):
    url = bench.build.product.settings.runbook_url
    bench.panel(lambda panel: panel.update(links=[{"title": "x", "url": f"{url}/ServiceDwn.md"}])).says(
        "docs/runbooks/ServiceDwn.md does not exist; did you mean 'ServiceDown.md'?"
    )


def test_a_click_passes_labels_that_the_queries_keep(bench):
    url = "/d/df-service?var-service=${__field.labels.service}" + TIME

    def change(panel):
        click(url)(panel)
        panel["targets"] = [{**panel["targets"][0], "expr": "sum by (job) (up)"}]

    bench.panel(change).says("passes the label 'service', which a query drops")


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"type": "dashboards", "tags": ["dataflx"]}, "no dashboard has its tag 'dataflx'; did you mean 'dataflux'?"),
        ({"type": "dashboards", "tags": []}, "no dashboard has its tag 'nothing'"),
        ({"type": "dashboards", "keepTime": False}, "drops the time range or the choices"),
        ({"type": "link", "url": ""}, "it has no url"),
        ({"type": "link", "url": "/d/df-nowhere"}, "'df-nowhere', which does not exist"),
        ({"type": "link", "url": "/d/df-overview", "keepTime": False}, "drops the time range or the choices"),
        ({"type": "link", "url": "/d/df-overview", "includeVars": False}, "drops the time range or the choices"),
    ],
)
def test_a_dashboards_link_leads_somewhere(bench, values, part):
    title = next(board for board in bench.build.dashboards if overview(board)).json["links"][0]["title"]
    bench.board(lambda board: board["links"][0].update(values), where=overview, suffix=f" / link '{title}'").says(part)


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("dashboard_url", "http://localhost:3000/d/df-nowhere?viewPanel=1", "'df-nowhere', which does not exist"),
        ("dashboard_url", "http://localhost:3000/d/df-service?viewPanel=1", "leads to panel 1 of df-service"),
        ("dashboard_url", "http://localhost:3000/d/df-service?var-queue={{ $labels.queue }}", "passes 'queue'"),
        ("__panelId__", "1", "leads to panel 1 of"),
        ("__dashboardUid__", "df-nowhere", "'df-nowhere', which does not exist"),
    ],
)
def test_an_alerts_links_lead_somewhere(bench, key, value, part):
    bench.grafana(lambda rule: rule["annotations"].update({key: value})).says(part)


def test_a_link_that_leads_outside_keeps_no_time(bench):
    change = {"type": "link", "url": "https://example.org/", "keepTime": False}
    bench.board(lambda board: board["links"][0].update(change)).is_silent()


@pytest.mark.parametrize("key", ["__dashboardUid__", "__panelId__"])
def test_a_rule_names_dashboard_and_panel_together(bench, key):
    bench.grafana(lambda rule: rule["annotations"].pop(key)).says("without the other; write both")


def test_an_alerts_runbook_is_there(bench):
    url = bench.build.product.settings.runbook_url
    bench.prometheus(lambda rule: rule["annotations"].update(runbook_url=f"{url}/Nothing.md")).says(
        "docs/runbooks/Nothing.md"
    )
