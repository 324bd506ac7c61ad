"""Nothing of the renamed build carries a name of the real one."""

import re

from tests.e2e.grafana.renamed import RULES, renamed


def test_every_uid_and_name_is_another_one(compiled):
    files = renamed(compiled.files)
    left = [
        (path, found)
        for path, text in files.items()
        for found in re.findall(r"\bdf-\w+|(?m:^ *-? *(?:uid|datasourceUid): (?:prometheus|loki)$)", text)
    ]
    assert left == []
    assert len(files) > 20


def test_every_name_of_alerting_is_another_one(compiled):
    files = renamed(compiled.files)
    told = [path for path in files if path.startswith(("alerts/", "alertmanager/")) or "/alerting/" in path]
    text = "\n".join(files[path] for path in told)
    names = re.findall(r"""(?m)(?:name|receiver): (dataflux\S*)|^ *- (dataflux\S*)$|"(dataflux)\.""", text)
    assert {name for found in names for name in found if name and not name.startswith("dataflux-e2e")} == set()
    assert re.findall(r"name: dataflux-e2e\S*", text).count("name: dataflux-e2e") == 1, "the template"
    assert "dataflux-services" in text, "what series are called stays"


def test_no_rule_is_evaluated(compiled):
    text = renamed(compiled.files)[RULES]
    assert "isPaused: true" in text and "isPaused: false" not in text


def test_every_folder_is_another_one(compiled):
    text = "\n".join(renamed(compiled.files).values())
    titles = set(re.findall(r"(?m)^  folder: (.+)$", text))
    assert titles and all(title.startswith("E2E ") for title in titles)
    assert not re.search(r"folderUid: (?!e2e-)", text)
