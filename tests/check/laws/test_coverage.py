from attrs import evolve

from kit.model.brief import Brief


def brief(bench, **values):
    return bench.product(values.pop("subject"), brief=evolve(bench.build.product.brief, **values))


def test_a_metric_that_nothing_answers(bench):
    metrics = {**bench.build.product.brief.metrics, "happiness": "much"}
    brief(bench, subject="metric 'happiness'", metrics=metrics).says("no signal answers it", at="signals/brief.py")


def test_a_metric_that_no_page_shows(bench):
    site = bench.build.product.site
    alert = evolve(
        site.alerts[0], signal=evolve(site.alerts[0].signal, name="unseen", answers=("happiness",)), answers=""
    )
    product = {
        "site": evolve(site, alerts=(*site.alerts, alert)),
        "brief": Brief({"happiness": ""}, {}, {}),
    }
    found = bench.product("metric 'happiness'", **product)
    found.findings = [one for one in found.findings if "happiness" in one.subject]
    found.says("no page shows unseen, which answers it", at="signals/brief.py")


def test_an_alert_that_nothing_answers(bench):
    alerts = {**bench.build.product.brief.alerts, "boredom": "rare"}
    brief(bench, subject="alert 'boredom'", alerts=alerts).says(
        "no alert with a rule answers it", at="signals/brief.py"
    )
    found = bench.product("alert 'service down'", rules={**bench.build.product.rules, "ServiceDown": ()})
    found.says("no alert with a rule answers it", at="signals/brief.py")


def test_a_row_without_panels(bench):
    rows = {**bench.build.product.brief.rows, "infrastructure": ("Container health", "Weather")}
    brief(bench, subject="infrastructure 'Weather'", rows=rows).says(
        "no panel on its landing page", at="signals/brief.py"
    )


def test_a_row_counts_only_on_the_landing_page_of_its_set(bench):
    # The first is a row of another set's landing page, the second one of a drill-down.
    for row in ("Service health", "Depth"):
        found = brief(bench, subject=f"infrastructure '{row}'", rows={"infrastructure": (row,)})
        found.says("no panel on its landing page", at="signals/brief.py")
    found = brief(bench, subject="system_overview 'Depth'", rows={"system_overview": ("Depth",)})
    found.says("no panel on its landing page", at="signals/brief.py")


def test_a_signal_that_answers_what_nobody_asked(bench):
    found = brief(bench, subject=None, metrics={"request rates": "?"})
    rate = [one for one in found.findings if "answers 'request rate'" in one.message]
    assert len(rate) == 1 and "did you mean 'request rates'?" in rate[0].message
    assert rate[0].where.file.endswith("signals/service.py")


def test_an_alert_that_answers_what_nobody_asked(bench):
    asked = {row: text for row, text in bench.build.product.brief.alerts.items() if row != "service down"}
    found = brief(bench, subject="ServiceDown", alerts=asked)
    found.says("it answers 'service down', which nobody asked for", at="services.py")
