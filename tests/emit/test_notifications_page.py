"""docs/notifications.md says what is compiled: the sample message, the routes, the secrets, the contract."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.emit.test_messages import alert, message

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/notifications.md").read_text()
SCHEMA = json.loads((ROOT / "schemas/own/webhook.json").read_text())


def test_the_sample_is_what_alertmanager_renders(tool, compiled, tmp_path):
    (tmp_path / "all.tmpl").write_text(compiled.files["alertmanager/templates/dataflux.tmpl"])
    (tmp_path / "data.json").write_text(json.dumps(message(alert(queue="analysis"))))
    text = '{{ template "dataflux.title" . }}\n\n{{ template "dataflux.text" . }}'
    command = [tool("amtool"), "template", "render", f"--template.glob={tmp_path}/*.tmpl",
               f"--template.data={tmp_path}/data.json", f"--template.text={text}"]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert re.search(r"```\n(\[FIRING.*?)\n```", PAGE, re.DOTALL)[1] == ran.stdout.strip()


@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_the_table_of_severities_says_the_routes(severity, compiled):
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| {severity} |")]
    route = next(one for one in compiled.product.routing.routes if one.severity == severity)
    told = row.replace(" s", "s").replace(" h", "h").replace(" 5 min", "5m")
    every = route.group_interval or compiled.product.routing.group_interval
    assert f"after {route.wait}, again after {route.repeat} to {route.repeat}{every}" in told
    assert ("silent in the weekly maintenance" in row) == bool(route.muted)
    cells = [cell.strip() for cell in row.strip("|").split("|")][1:]
    assert len([cell for cell in cells if cell]) == len(route.channels)


def test_it_names_the_addresses_and_the_secrets(compiled):
    settings, alertmanager = compiled.product.settings, compiled.files["alertmanager/alertmanager.yml"]
    for said in (settings.slack_channel, settings.email, settings.secrets_dir):
        assert f"`{said}`" in PAGE
    for reference in (settings.slack_url, settings.webhook_url, settings.webhook_token):
        assert f"| `{reference.removeprefix('$')}` |" in PAGE
    for file in re.findall(rf"{settings.secrets_dir}/(\w+)", alertmanager):
        assert f"| `{file}` |" in PAGE


def test_it_explains_every_key_of_the_contract():
    contract = PAGE.split("## The webhook's contract")[1]
    for key in SCHEMA["properties"]:
        assert f"`{key}`" in contract or key == "alerts", key
    for key in SCHEMA["$defs"]["alert"]["properties"]:
        assert f"`alerts[].{key}`" in contract or f"`{key}`" in contract, key


def test_it_names_the_templates_and_where_the_links_lead(compiled):
    defined = re.findall(r'define "(dataflux\.[\w.]+)"', compiled.files["alertmanager/templates/dataflux.tmpl"])
    named = set(re.findall(r"`(dataflux\.[\w.]+)`", PAGE))
    assert {"dataflux.title", "dataflux.text", "dataflux.html"} <= named <= set(defined)
