PROVIDERS = "grafana/provisioning/dashboards/dataflux.yml"
RULES = "grafana/provisioning/alerting/rules.yml"


def first(bench):
    return bench.build.yaml[PROVIDERS]["providers"][0]["folder"]


def test_a_folder_that_no_provider_serves(bench):
    title = first(bench)
    found = bench.yaml(PROVIDERS, lambda one: one["providers"].pop(0))
    boards = [board.json["title"] for board in bench.build.dashboards if f"/{title}/" in board.path]
    assert sorted(one.subject for one in found.findings) == sorted(boards)
    assert all(f"no provider serves its folder '{title}'" in one.message for one in found.findings)


def test_two_providers_for_one_folder(bench):
    found = bench.yaml(PROVIDERS, lambda one: one["providers"].append(one["providers"][0]), first(bench))
    found.says(*["two providers serve"] * 2, at="dataflux.yml")


def test_a_title_that_is_not_the_folders(bench):
    found = bench.yaml(PROVIDERS, lambda one: one["providers"][0].update(folder="Elsewhere"), "Elsewhere")
    found.says(f"its files are in '{first(bench)}'", at="dataflux.yml")


def test_a_provider_without_a_uid(bench):
    found = bench.yaml(PROVIDERS, lambda one: one["providers"][0].pop("folderUid"), first(bench))
    found.says("pins no folderUid", at="dataflux.yml")


def test_alerts_in_a_folder_of_a_sets_title(bench):
    group = bench.build.yaml[RULES]["groups"][0]["name"]
    found = bench.yaml(RULES, lambda one: one["groups"][0].update(folder=first(bench)), group)
    found.says("has the title of a set", at="rules.yml")
