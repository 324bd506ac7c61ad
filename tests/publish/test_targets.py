"""Which Grafanas are published to: what grafanas.toml and the environment may say, and each mistake in them."""

import pytest

from kit.publish.client import Login
from kit.publish.exits import USAGE, Refused
from kit.publish.here.targets import targets

TOKEN = {"GRAFANA_TOKEN": "glsa_plain"}
ONE = '[prod]\nurl = "https://grafana.example.org"\n'
TWO = f'{ONE}\n[stage]\nurl = "https://stage.example.org/grafana/"\n'
LOGINS = {"GRAFANA_TOKEN_PROD": "glsa_prod", "GRAFANA_TOKEN_STAGE": "glsa_stage"}
SECRET = "hunter2"


@pytest.fixture
def file(tmp_path):
    """`file(text)`: a project with that grafanas.toml."""

    def write(text):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "grafanas.toml").write_bytes(data)
        return tmp_path

    return write


@pytest.fixture
def one(file):
    """`one(text)`: the one target of that file."""
    return lambda text, environ=TOKEN: targets(file(text), environ)[0][0]


@pytest.fixture
def refusal(tmp_path):
    """`refusal(environ, …)`: why it is refused."""

    def refuse(environ, names=(), every=False):
        with pytest.raises(Refused) as caught:
            targets(tmp_path, environ, names, every)
        assert caught.value.code == USAGE
        assert SECRET not in str(caught.value) and caught.value.__cause__ is None
        return str(caught.value)

    return refuse


@pytest.fixture
def wrong(file, refusal):
    """`wrong(text)`: the line and the sentence about a mistake in grafanas.toml."""

    def tell(text, environ=TOKEN):
        file(text)
        sentence = refusal(environ)
        assert sentence.startswith("grafanas.toml:")
        line, _, rest = sentence.removeprefix("grafanas.toml:").partition(": ")
        return int(line), rest

    return tell


# --- from the file


def test_a_table_with_a_url_is_a_target_with_the_defaults(one):
    target = one(ONE)
    assert (target.name, target.url, target.org, target.root, target.home) == (
        "prod", "https://grafana.example.org", None, "", "",
    )  # fmt: skip
    assert (target.lock, target.provenance, target.policies, target.prune_limit) == (False, "api", "own", None)
    assert (target.create_data_sources, target.allow_http, target.data_sources, target.permissions) == (
        True, False, {}, {},
    )  # fmt: skip
    assert (target.ca_cert, target.client_cert, target.client_key) == ("", "", "")
    assert target.login == Login(token="glsa_plain")


def test_every_key_arrives(one, tmp_path):
    for name in ("ca.pem", "me.pem", "me.key"):
        (tmp_path / name).write_text("x")
    target = one(
        f"""{ONE}org = 2
create_data_sources = false
root = "platform"
lock = true
provenance = "none"
policies = "ignore"
prune_limit = 0
home = "df-overview"
allow_http = true
ca_cert = "ca.pem"
client_cert = "me.pem"
client_key = "{tmp_path}/me.key"
[prod.data_sources]
prometheus = "P1809F7CD0C75ACF3"
loki = "create"
[prod.permissions."System Overview"]
viewer = "view"
"team:the sre" = "admin"
"user:ada@example.org" = "edit"
"""
    )
    assert (target.org, target.create_data_sources, target.root, target.lock) == (2, False, "platform", True)
    assert (target.provenance, target.policies, target.prune_limit) == ("none", "ignore", 0)
    assert (target.home, target.allow_http) == ("df-overview", True)
    assert (target.ca_cert, target.client_cert, target.client_key) == tuple(
        str(tmp_path / name) for name in ("ca.pem", "me.pem", "me.key")
    )
    assert target.data_sources == {"prometheus": "P1809F7CD0C75ACF3", "loki": "create"}
    assert target.permissions == {
        "System Overview": {"viewer": "view", "team:the sre": "admin", "user:ada@example.org": "edit"}
    }


@pytest.mark.parametrize(
    "written, url",
    [
        ("https://h/", "https://h"),
        ("http://h:3000/grafana/", "http://h:3000/grafana"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_address_loses_its_final_slash_alone(one, written, url):
    assert one(f'[prod]\nurl = "{written}"\n').url == url


def test_a_file_from_windows_is_read(one):
    assert one(b"\xef\xbb\xbf" + ONE.replace("\n", "\r\n").encode()).url == "https://grafana.example.org"


# --- which of them


def test_all_targets_come_in_the_order_of_the_file(file):
    found, notes = targets(file(TWO), LOGINS, every=True)
    assert [(one.name, one.url, one.login.token) for one in found] == [
        ("prod", "https://grafana.example.org", "glsa_prod"),
        ("stage", "https://stage.example.org/grafana", "glsa_stage"),
    ]
    assert notes == ()


def test_named_targets_come_as_they_are_named_and_once(file):
    found, _ = targets(file(TWO), LOGINS, ["stage", "prod", "stage"])
    assert [one.name for one in found] == ["stage", "prod"]


def test_only_the_target_that_is_named_needs_a_login(file):
    assert targets(file(TWO), {"GRAFANA_TOKEN_STAGE": "t"}, ["stage"])[0][0].name == "stage"


def test_of_several_targets_one_must_be_named(file, refusal):
    file(TWO)
    assert refusal(LOGINS) == "grafanas.toml has several targets; name one of prod, stage, or take --all"


def test_an_unknown_target_is_told_with_the_nearest(file, refusal):
    file(TWO)
    assert refusal(LOGINS, ["stagee"]) == (
        "there is no target 'stagee' in grafanas.toml, only prod, stage; did you mean 'stage'?"
    )


def test_a_name_and_all_of_them_are_too_much(file, refusal):
    file(TWO)
    assert refusal(LOGINS, ["prod"], every=True) == "name the targets or take all of them, not both"


def test_the_environments_address_is_not_used_beside_the_file_and_that_is_said(file):
    found, notes = targets(file(ONE), {**TOKEN, "GRAFANA_URL": f"https://a:{SECRET}@elsewhere"})
    assert found[0].url == "https://grafana.example.org"
    assert notes == ("GRAFANA_URL is not used: grafanas.toml says where to publish to",)


# --- logins


@pytest.mark.parametrize(
    "environ, login",
    [
        ({"GRAFANA_TOKEN_PROD": " t\n"}, Login(token="t")),
        ({"GRAFANA_USER_PROD": "u", "GRAFANA_PASSWORD_PROD": "p"}, Login("", "u", "p")),
        ({"GRAFANA_USER": "u", "GRAFANA_PASSWORD": "p"}, Login("", "u", "p")),
        ({"GRAFANA_TOKEN": "plain", "GRAFANA_USER_PROD": "u", "GRAFANA_PASSWORD_PROD": "p"}, Login("", "u", "p")),
        ({"GRAFANA_TOKEN": "t", "GRAFANA_USER": "u", "GRAFANA_PASSWORD": "p"}, Login(token="t")),
    ],
)
def test_the_login_is_the_targets_own_or_the_plain_one_and_a_token_before_a_user(one, environ, login):
    assert one(ONE, environ).login == login


def test_other_characters_in_a_name_are_underscores_in_its_variables(one):
    assert one('["eu-west 1"]\nurl = "https://h"\n', {"GRAFANA_TOKEN_EU_WEST_1": "t"}).login == Login(token="t")


def test_a_missing_login_names_the_variables(file, refusal):
    file(TWO)
    plain = {**TOKEN, "GRAFANA_TOKEN_STAGE": "t"}
    assert refusal(plain, ["prod"]) == (
        "prod: no login is set; set GRAFANA_TOKEN_PROD, or GRAFANA_USER_PROD with GRAFANA_PASSWORD_PROD"
    )
    file(ONE)
    assert refusal({}).endswith(
        "GRAFANA_USER_PROD with GRAFANA_PASSWORD_PROD, or GRAFANA_TOKEN, or GRAFANA_USER with GRAFANA_PASSWORD"
    )


@pytest.mark.parametrize("there, missing", [("GRAFANA_USER", "GRAFANA_PASSWORD"), ("GRAFANA_PASSWORD", "GRAFANA_USER")])
def test_half_a_login_names_the_other_half(file, refusal, there, missing):
    file(ONE)
    assert refusal({there: SECRET}) == f"prod: {there} is set and {missing} is not; set both, or GRAFANA_TOKEN"


def test_a_token_with_a_line_end_in_it_is_told_but_not_shown(file, refusal):
    file(ONE)
    assert "GRAFANA_TOKEN_PROD holds a space or a line end" in refusal({"GRAFANA_TOKEN_PROD": f"{SECRET}\nX: y"})


def test_no_target_shows_its_login(file):
    found, _ = targets(file(ONE), {"GRAFANA_USER": "u", "GRAFANA_PASSWORD": SECRET})
    assert found[0].login.password == SECRET and SECRET not in repr(found)


# --- mistakes in the file


@pytest.mark.parametrize(
    "line, text, sentence",
    [
        (3, f"{ONE}lock = maybe\n", "it is no TOML: "),
        (2, '[prod]\nurl = "x\n', "it is no TOML: "),
        (3, f'{ONE}x = """open', "it is no TOML: "),
        (2, b"[prod]\nurl = '\xff'\n", "it is no text in UTF-8"),
        (1, f'url = "https://h"\n{ONE}', "'url' stands above the first table; write [prod] before it"),
        (1, "[prod]\nlock = true\n", "[prod]: it has no url;"),
        (1, "[prod.data_sources]\nloki = 'x'\n", "[prod]: it has no url;"),
        (4, f'{ONE}[other]\nurl = "https://Grafana.example.org/"\n',
         "[other] url: it is the address and organisation of [prod] on line 2; take one of them out"),
        (3, f"{ONE}lok = true\n", "[prod] lok: there is no such key; did you mean 'lock'?"),
        (3, f"{ONE}[prod.datasources]\n", "[prod] datasources: there is no such key; did you mean 'data_sources'?"),
        (2, "[prod]\nurl = 7\n", '[prod] url: it should be text: "…"'),
        (2, '[prod]\nurl = "grafana.example.org"\n', "[prod] url: it is no http(s) address;"),
        (2, '[prod]\nurl = "ftp://h"\n', "[prod] url: it is no http(s) address;"),
        (2, '[prod]\nurl = "https://h o/"\n', "[prod] url: it is no http(s) address;"),
        (2, '[prod]\nurl = "https://h\\n"\n', "[prod] url: it is no http(s) address;"),
        (2, '[prod]\nurl = "https://h:port"\n', "[prod] url: it is no http(s) address;"),
        (2, '[prod]\nurl = "https://h/?orgId=1"\n', "[prod] url: an address ends before '?'"),
        (3, f"{ONE}org = 0\n", "[prod] org: it should be a whole number from 1 on"),
        (3, f"{ONE}org = true\n", "[prod] org: it should be a whole number from 1 on"),
        (3, f'{ONE}org = "1"\n', "[prod] org: it should be a whole number from 1 on"),
        (3, f"{ONE}prune_limit = -1\n", "[prod] prune_limit: it should be a whole number from 0 on"),
        (3, f'{ONE}lock = "yes"\n', "[prod] lock: it should be true or false"),
        (3, f'{ONE}provenance = "apis"\n', "[prod] provenance: 'apis' is none of api, none; did you mean 'api'?"),
        (3, f'{ONE}policies = "mine"\n', "[prod] policies: 'mine' is none of own, ignore"),
        (3, f'{ONE}root = "a/b"\n', "[prod] root: it should be a uid"),
        (3, f'{ONE}home = ""\n', '[prod] home: it should be text: "…"'),
        (3, f'{ONE}data_sources = "x"\n', "[prod] data_sources: it should be a table"),
        (4, f"{ONE}[prod.data_sources]\nloki = 1\n", "[prod] data_sources loki: it should be text"),
        (3, f"{ONE}data_sources = {{ loki = 1 }}\n", "[prod] data_sources loki: it should be text"),
        (3, f"{ONE}data_sources.loki = 1\n", "[prod] data_sources loki: it should be text"),
        (3, f'{ONE}permissions.x = "view"\n', "[prod] permissions x: it should be a table"),
        (5, f'{ONE}\n[prod.permissions."A B"]\nviewer = "look"\n',
         "[prod] permissions A B viewer: 'look' is none of view, edit, admin"),
        (4, f'{ONE}[prod.permissions.x]\nviewers = "view"\n',
         "[prod] permissions x viewers: it is none of viewer, editor, team:NAME, user:LOGIN; did you mean 'viewer'?"),
        (4, f'{ONE}[prod.permissions.x]\n"team:" = "view"\n', "[prod] permissions x team:: it is none of"),
        (3, f'{ONE}ca_cert = "none.pem"\n', "[prod] ca_cert: there is no file 'none.pem'"),
        (3, f'{ONE}client_key = "grafanas.toml"\n', "[prod] client_key: it is of no use without a client_cert"),
        (5, f'{ONE}\n[stage]\nurl = "x"\n', "[stage] url: it is no http(s) address"),
        (4, f'{ONE}\n["PROD"]\nurl = "https://h"\n', "[PROD]: its login would be in GRAFANA_TOKEN_PROD"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line(wrong, line, text, sentence):
    found, told = wrong(text)
    assert told.startswith(sentence)
    assert found == line


@pytest.mark.parametrize(
    "text",
    [
        f'{ONE}token = "{SECRET}"\n',
        f'{ONE}password = "{SECRET}"\n',
        f'{ONE}user = "{SECRET}"\n',
        f'{ONE}api_key = "{SECRET}"\n',
        f'[prod]\n\nurl = "https://me:{SECRET}@h"\n',
        f'[prod]\n\nurl = "https://{SECRET}@h"\n',
    ],
)
def test_a_login_in_the_file_is_refused_and_not_shown(wrong, text):
    line, told = wrong(text)
    assert line == 3
    assert "a login comes from the environment alone: set GRAFANA_TOKEN_PROD, or GRAFANA_USER_PROD" in told


@pytest.mark.parametrize("url", [f"https://me:{SECRET}#@h", f"https://me:{SECRET} @h", f"me:{SECRET}@h"])
def test_a_password_in_an_address_that_is_none_is_not_shown(wrong, url):
    assert wrong(f'[prod]\nurl = "{url}"\n')[0] == 2


def test_a_key_where_its_path_should_be_is_refused_and_not_shown(wrong):
    line, told = wrong(f'{ONE}client_key = """-----BEGIN PRIVATE KEY-----\n{SECRET}"""\n')
    assert (line, told) == (3, "[prod] client_key: it is the path of a file, never what is in it")


def test_a_mistake_in_a_target_that_is_not_asked_for_is_told_as_well(file, refusal):
    file(f"{TWO}org = 0\n")
    assert refusal(LOGINS, ["prod"]).startswith("grafanas.toml:6: [stage] org: ")


def test_a_file_without_a_table_is_told(file, refusal):
    file("# nothing yet\n")
    assert refusal(TOKEN).startswith("grafanas.toml names no Grafana; begin with a table, [prod],")


def test_a_file_that_cannot_be_read_is_told(tmp_path, refusal):
    (tmp_path / "grafanas.toml").mkdir()
    assert refusal(TOKEN) == "grafanas.toml cannot be read: Is a directory"


# --- from the environment alone


def test_without_a_file_the_environment_names_one_target(tmp_path):
    (tmp_path / "x.pem").write_text("x")
    environ = {
        **TOKEN,
        "GRAFANA_URL": "https://h/base/",
        "GRAFANA_ORG_ID": "3",
        "GRAFANA_CA_CERT": str(tmp_path / "x.pem"),
        "GRAFANA_CLIENT_CERT": str(tmp_path / "x.pem"),
        "GRAFANA_CLIENT_KEY": str(tmp_path / "x.pem"),
        "GRAFANA_ALLOW_HTTP": "Yes",
    }
    [[target], notes] = targets(tmp_path, environ, ["grafana"])
    assert (target.name, target.url, target.org, target.allow_http) == ("grafana", "https://h/base", 3, True)
    assert {target.ca_cert, target.client_cert, target.client_key} == {str(tmp_path / "x.pem")}
    assert (target.login, notes) == (Login(token="glsa_plain"), ())


def test_without_more_words_the_environments_target_has_the_defaults(tmp_path):
    [[target], _] = targets(tmp_path, {**TOKEN, "GRAFANA_URL": "http://h"}, every=True)
    assert (target.org, target.allow_http, target.lock, target.ca_cert) == (None, False, False, "")


@pytest.mark.parametrize(
    "more, login",
    [
        ({}, Login("", "me", "p@ss")),
        ({"GRAFANA_TOKEN": "t"}, Login(token="t")),
        ({"GRAFANA_USER": "u", "GRAFANA_PASSWORD": "p"}, Login("", "u", "p")),
    ],
)
def test_the_login_in_the_environments_address_is_taken_where_there_is_no_other(tmp_path, more, login):
    [[target], _] = targets(tmp_path, {"GRAFANA_URL": "https://me:p%40ss@h:3000", **more})
    assert (target.url, target.login) == ("https://h:3000", login)


@pytest.mark.parametrize(
    "environ, sentence",
    [
        ({}, "no Grafana is named: set GRAFANA_URL and GRAFANA_TOKEN, or write grafanas.toml (docs/publishing.md)"),
        (TOKEN, "no Grafana is named: set GRAFANA_URL and GRAFANA_TOKEN, or write grafanas.toml (docs/publishing.md)"),
        ({"GRAFANA_URL": "https://h"},
         "grafana: no login is set; set GRAFANA_TOKEN, or GRAFANA_USER with GRAFANA_PASSWORD"),
        ({"GRAFANA_URL": "https://me@h"},
         "grafana: no login is set; set GRAFANA_TOKEN, or GRAFANA_USER with GRAFANA_PASSWORD"),
        ({"GRAFANA_URL": f"me:{SECRET}@h"},
         "GRAFANA_URL: it is no http(s) address; write one like https://grafana.example.org"),
        ({"GRAFANA_URL": "https://h", "GRAFANA_ORG_ID": "0", **TOKEN},
         "GRAFANA_ORG_ID: '0' is no organisation's number, which is a whole number from 1 on"),
        ({"GRAFANA_URL": "https://h", "GRAFANA_ORG_ID": "main", **TOKEN},
         "GRAFANA_ORG_ID: 'main' is no organisation's number, which is a whole number from 1 on"),
        ({"GRAFANA_URL": "https://h", "GRAFANA_ALLOW_HTTP": "maybe", **TOKEN},
         "GRAFANA_ALLOW_HTTP: 'maybe' is neither yes nor no"),
        ({"GRAFANA_URL": "https://h", "GRAFANA_POLICIES": "ignroe", **TOKEN},
         "GRAFANA_POLICIES: 'ignroe' is none of own, ignore; did you mean 'ignore'?"),
        ({"GRAFANA_URL": "https://h", "GRAFANA_CA_CERT": "/none.pem", **TOKEN},
         "GRAFANA_CA_CERT: there is no file '/none.pem'"),
        ({"GRAFANA_URL": "https://h", "GRAFANA_CLIENT_KEY": f"-----BEGIN {SECRET}", **TOKEN},
         "GRAFANA_CLIENT_KEY is the path of a file, never what is in it"),
        ({"GRAFANA_URL": "https://h", "GRAFANA_CLIENT_KEY": __file__, **TOKEN},
         "GRAFANA_CLIENT_KEY is of no use without GRAFANA_CLIENT_CERT; set both"),
    ],
)  # fmt: skip
def test_what_the_environment_lacks_is_told(refusal, environ, sentence):
    assert refusal(environ) == sentence


def test_another_name_without_a_file_is_told(refusal):
    assert refusal({**TOKEN, "GRAFANA_URL": "https://h"}, ["prod"]) == (
        "there is no target 'prod' without grafanas.toml, only grafana"
    )


def test_two_organisations_of_one_grafana_are_two_targets(file):
    root = file(f'{ONE}org = 1\n[other]\nurl = "https://grafana.example.org"\norg = 2\n')
    found, _ = targets(root, {"GRAFANA_TOKEN_PROD": "glsa_a", "GRAFANA_TOKEN_OTHER": "glsa_b"}, every=True)
    assert [one.org for one in found] == [1, 2]
