import pytest

SLACK, WEBHOOK, CONFIG = "alerts/slack.yml", "alerts/webhook.yml", "alertmanager/alertmanager.yml"


def settings(**values):
    return lambda document: document["contactPoints"][0]["receivers"][0]["settings"].update(values)


# Put together here, so that no scanner takes this file for a leak.
@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("https://hooks.slack.com/" + "services/T0/B0/x", "a Slack address"),
        ("xoxb" + "-1234567890-abc", "a Slack token"),
        ("Bearer" + " abcdefghijklmnop", "a bearer token"),
        ("glsa_" + "abcdefghijklmnopqrst", "a Grafana token"),
        ("AKIA" + "ABCDEFGHIJKLMNOP", "a key of AWS"),
        ("eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "a signed token"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----", "a private key"),
        ("https://user:" + "word@example.org", "a password in an address"),
    ],
)
def test_what_looks_like_a_secret(bench, value, part):
    bench.yaml(SLACK, settings(text=value), SLACK).says(f"it holds {part}", at="slack.yml")


@pytest.mark.parametrize("key", ["password", "authorization_credentials", "token", "client_secret", "apiKey"])
def test_a_secrets_key_holds_a_reference(bench, key):
    bench.yaml(WEBHOOK, settings(**{key: "abc"}), WEBHOOK).says(f"its {key} is written out", at="webhook.yml")
    for value in ("$NAME", "${NAME}", "${NAME:-}", "${NAME:?set it}", "$(NAME)", "$__file{/run/x}", ""):
        bench.yaml(WEBHOOK, settings(**{key: value}), WEBHOOK).is_silent()


def test_a_secret_in_an_addresses_query(bench):
    found = bench.yaml(WEBHOOK, settings(url="https://example.org/?token=abc"), WEBHOOK)
    found.says("its url carries a secret in its query", at="webhook.yml")
    bench.yaml(WEBHOOK, settings(url="https://example.org/?token=$TOKEN"), WEBHOOK).is_silent()


def test_a_file_is_a_reference(bench):
    bench.yaml(CONFIG, lambda one: one["global"].update(smtp_auth_password_file="/etc/x")).is_silent()
    found = bench.yaml(CONFIG, lambda one: one["global"].update(smtp_auth_password="x"), CONFIG)
    found.says("its smtp_auth_password is written out", at="alertmanager.yml")


def test_lists_are_read_too(bench):
    found = bench.yaml(CONFIG, lambda one: one["receivers"][0].update(webhook_configs=[{"token": ["x"]}]), CONFIG)
    found.says("its token is written out", at="alertmanager.yml")
