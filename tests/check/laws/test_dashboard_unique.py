import orjson


def test_two_dashboards_of_one_uid(bench):
    first = bench.build.dashboards[0].json
    found = bench.board(lambda board: board.update(uid=first["uid"]), where=lambda one: one.json["uid"] != first["uid"])
    found.says(f"the dashboard has the uid '{first['uid']}' of the dashboard '{first['title']}'")


def test_an_alert_rule_with_a_dashboards_uid(bench):
    uid = bench.build.dashboards[0].json["uid"]
    bench.grafana(lambda rule: rule.update(uid=uid)).says(f"the alert rule has the uid '{uid}' of the dashboard")


def test_two_alert_rules_of_one_uid(bench):
    rules = bench.build.yaml["grafana/provisioning/alerting/rules.yml"]["groups"][0]["rules"]
    found = bench.grafana(lambda rule: rule.update(uid=rules[0]["uid"]), name=rules[1]["title"])
    found.says("of the alert rule")


def test_two_data_sources_of_one_uid(bench):
    # Which of the two is told follows from the order of the files.
    found = bench.yaml("grafana/datasources/loki.yml", lambda one: one["datasources"][0].update(uid="prometheus"))
    found.says("the data source has the uid 'prometheus' of the data source", subject="Loki", at=".yml")


def test_a_folder_with_the_uid_of_the_alerts(bench):
    path = "grafana/provisioning/dashboards/dataflux.yml"
    title = bench.build.yaml[path]["providers"][0]["folder"]
    found = bench.yaml(path, lambda one: one["providers"][0].update(folderUid="dataflux-alerts"), title)
    found.says("the folder has the uid 'dataflux-alerts' of the folder 'alerts'", at="dataflux.yml")


def test_a_contact_point_with_the_uid_of_another(bench):
    found = bench.yaml("alerts/slack.yml", lambda one: one["contactPoints"][0]["receivers"][0].update(uid="df-email"))
    assert [one.rule for one in found.findings] == ["dashboard-unique"]
    assert "the contact point has the uid 'df-email' of the contact point" in found.findings[0].message


def test_two_titles_in_a_folder_in_other_letters(bench):
    one, two = [board for board in bench.build.dashboards if "/Infrastructure/" in board.path][:2]
    shouted = one.json["title"].upper()
    found = bench.file(two.path, orjson.dumps({**two.json, "title": shouted}).decode(), shouted)
    found.says("another dashboard of this title")
