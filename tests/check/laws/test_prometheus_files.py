from attrs import evolve

CONFIG, RECORDING = "prometheus/prometheus.yml", "prometheus/rules/recording.yml"


def config(bench, change):
    return bench.yaml(CONFIG, change, CONFIG)


def test_no_configuration(bench):
    bench.without(CONFIG, CONFIG).says("it is not there", at="prometheus.yml")


def test_rule_files_that_do_not_exist(bench):
    found = config(bench, lambda one: one["rule_files"].append("rules/other.yml"))
    found.says("it names rules/other.yml, and there is no such file", at="prometheus.yml")


def test_rule_files_that_nothing_loads(bench):
    there = [path.removeprefix("prometheus/") for path in bench.build.files if path.startswith("prometheus/rules/")]
    found = config(bench, lambda one: one.update(rule_files=[path for path in there if "recording" not in path]))
    found.says("nothing loads rules/recording.yml", at="prometheus.yml")


def test_targets_that_do_not_exist(bench):
    bench.without("prometheus/targets/node.yml", CONFIG).says("it names targets/node.yml", at="prometheus.yml")


def test_targets_that_nothing_loads(bench):
    found = bench.file("prometheus/targets/other.yml", "[]\n", CONFIG)
    found.says("nothing loads targets/other.yml", at="prometheus.yml")


def test_two_jobs_of_one_name(bench):
    def change(document):
        document["scrape_configs"].append({**document["scrape_configs"][-1]})

    found = config(bench, change)
    found.says("2 jobs named", at="prometheus.yml")


def test_who_notifies_is_one(bench):
    change = {"alerting": {"alertmanagers": []}}
    config(bench, lambda one: one.update(change)).says("has an alerting block, so two notify", at="prometheus.yml")
    bench.settings(CONFIG, evaluator="prometheus").says("has no alerting block, so nobody", at="prometheus.yml")


def test_two_groups_of_one_name(bench):
    def change(document):
        document["groups"].append({"name": "hosts", "rules": []})

    found = bench.yaml(RECORDING, change)
    assert [one.rule for one in found.findings] == ["prometheus-files"]
    assert "its group 'hosts' has the name of one in" in found.findings[0].message


def test_a_job_that_metrics_name(bench):
    def change(document):
        next(job for job in document["scrape_configs"] if job["job_name"] == "redis").update(job_name="rediss")

    found = config(bench, change)
    metrics = {metric.name for metric in bench.build.catalogue.values() if metric.job == "redis"}
    assert metrics and {one.subject for one in found.findings} == metrics
    for one in found.findings:
        assert "no job of prometheus.yml is called 'redis'; did you mean 'rediss'?" in one.message
        assert one.where.file.endswith("cache.py")


def test_a_job_that_may_export_a_metric_instead(bench):
    def change(document):
        next(job for job in document["scrape_configs"] if job["job_name"] == "dataflux-exporter").update(job_name="x")

    found = config(bench, change)
    elsewhere = {metric.name for metric in bench.build.catalogue.values() if metric.elsewhere == "dataflux-exporter"}
    assert elsewhere == {"dataflux_queue_size"} and elsewhere <= {one.subject for one in found.findings}


def test_a_metric_that_no_job_exports(bench):
    signal = next(alert.signal for alert in bench.build.product.site.alerts if alert.name == "ServiceDown")
    leaf = next(iter(signal.lines.values()))
    metric = evolve(leaf.metric, name="up_again", job="")
    other = evolve(signal, lines={"": type(leaf)(metric)})
    alert = evolve(bench.build.product.site.alerts[0], signal=other)
    found = bench.site("up_again", alerts=(*bench.build.product.site.alerts, alert))
    found.says("does not say which job exports it")
