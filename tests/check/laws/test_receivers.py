import pytest

ALERTMANAGER = "alertmanager/alertmanager.yml"


@pytest.mark.parametrize(
    ("kind", "key", "says"),
    [
        ("slack", "url", "its slack channel has no url or token; set slack_url= in settings.py"),
        ("slack", "recipient", "its slack channel has no recipient; set slack_channel="),
        ("email", "addresses", "its email channel has no addresses; set email="),
        ("webhook", "url", "its webhook channel has no url; set webhook_url="),
        ("webhook", "authorization_credentials", "no authorization_credentials or password; set webhook_token="),
    ],
)
@pytest.mark.parametrize("value", [None, "", " ", ...], ids=["null", "empty", "blank", "missing"])
def test_a_contact_point_without_what_it_sends_with(bench, kind, key, says, value):
    def change(document):
        settings = document["contactPoints"][0]["receivers"][0]["settings"]
        settings.pop(key) if value is ... else settings.update({key: value})

    bench.yaml(f"alerts/{kind}.yml", change, f"receiver dataflux-{kind}").says(says, at=".yml")


def receiver(document, kind):
    return next(one for one in document["receivers"] if one["name"] == f"dataflux-{kind}")[f"{kind}_configs"][0]


@pytest.mark.parametrize(
    ("kind", "change", "says"),
    [
        ("slack", lambda one, top: top.pop("slack_api_url_file"), "no api_url_file or api_url; name the file"),
        ("slack", lambda one, top: top.update(slack_api_url_file=""), "no api_url_file or api_url"),
        ("slack", lambda one, top: one.pop("channel"), "its slack channel has no channel"),
        ("email", lambda one, top: one.update(to=""), "its email channel has no to; set email="),
        ("email", lambda one, top: top.pop("smtp_from"), "no from or smtp_from; set email_from="),
        ("email", lambda one, top: top.pop("smtp_smarthost"), "no smarthost or smtp_smarthost; set smtp="),
        ("webhook", lambda one, top: one.pop("url"), "its webhook channel has no url or url_file"),
        ("webhook", lambda one, top: one.pop("http_config"), "no credentials_file or password_file"),
        (
            "webhook",
            lambda one, top: one["http_config"]["authorization"].pop("credentials_file"),
            "no credentials_file",
        ),
    ],
)
def test_a_receiver_of_alertmanager_without_what_it_sends_with(bench, kind, change, says):
    def broken(document):
        change(receiver(document, kind), document["global"])

    bench.yaml(ALERTMANAGER, broken, f"receiver dataflux-{kind}").says(says, at=".yml")


def test_a_secret_may_stand_on_the_receiver_or_be_a_password(bench):
    def change(document):
        receiver(document, "slack")["api_url_file"] = document["global"].pop("slack_api_url_file")
        receiver(document, "webhook")["http_config"] = {"basic_auth": {"username": "x", "password_file": "/x"}}

    bench.yaml(ALERTMANAGER, change).is_silent()


def test_slack_may_be_let_in_by_a_token(bench):
    def change(document):
        settings = document["contactPoints"][0]["receivers"][0]["settings"]
        settings["token"] = settings.pop("url").replace("URL", "TOKEN")

    bench.yaml("alerts/slack.yml", change).is_silent()


def test_a_receiver_that_leads_nowhere(bench):
    says = "it has no channel, so whoever is routed to it is told nothing"
    found = bench.yaml(ALERTMANAGER, lambda one: one["receivers"].append({"name": "void"}), "receiver void")
    found.says(says, at=".yml")
    empty = bench.yaml(
        "alerts/email.yml", lambda one: one["contactPoints"][0].update(receivers=[]), "receiver dataflux-email"
    )
    empty.says(says, at=".yml")


def test_channels_that_this_law_does_not_know_are_let_pass(bench):
    def change(document):
        document["receivers"].append({"name": "other", "pagerduty_configs": [{"routing_key_file": "/x"}]})

    bench.yaml(ALERTMANAGER, change).is_silent()


def test_a_secret_that_is_missing_is_said_where_it_is_set(project):
    project.edit("settings.py", 'webhook_token="$WEBHOOK_TOKEN"', 'webhook_token=""')
    ran = project.compile()
    assert ran.code != 0
    assert "settings.py:" in ran.err and "webhook_token: it is empty" in ran.err
