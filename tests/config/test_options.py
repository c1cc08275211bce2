from pathlib import Path

import pytest

from kerma.config.options import GROUPS as KNOWN_GROUPS
from kerma.config.options import OPTIONS, ConfigurationError, Options, unknown_variables
from kerma.web.access import GROUPS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def home(tmp_path):
    return {"KERMA_HOME": str(tmp_path)}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_setting_is_documented_with_its_default(option):
    rows = (DOCS / "settings.md").read_text(encoding="utf-8").splitlines()
    default = "no" if option.default is False else f"`{option.default}`" if option.default else ""

    assert f"| `{option.variable}` | {default} | {option.sentence} |" in rows


def test_the_default_holds_where_nothing_is_said(home):
    options = Options(home)

    assert options.number("port") == 8000
    assert options.flag("https") is False
    assert options.names("allowed_hosts") == ["localhost", "127.0.0.1", "[::1]"]


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(home, tmp_path):
    (tmp_path / "kerma.toml").write_text('port = 8001\nhttps = true\ntime_zone = "Europe/Madrid"')

    options = Options(home | {"KERMA_PORT": "8002"})

    assert options.number("port") == 8002
    assert options.flag("https") is True
    assert options.time_zone("time_zone") == "Europe/Madrid"


def test_the_home_of_the_user_is_spelled_out():
    assert Options({}).path("home") == Path.home() / ".kerma"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"KERMA_PORT": "http"}, "KERMA_PORT must be a whole number, not 'http'"),
        ({"KERMA_PORT": "-1"}, "KERMA_PORT must be a whole number"),
        ({"KERMA_HTTPS": "perhaps"}, "KERMA_HTTPS must be yes or no"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(home, environment, words):
    with pytest.raises(ConfigurationError, match=words):
        Options(home | environment)


def test_a_zone_and_a_level_that_do_not_exist_are_refused(home):
    options = Options(home | {"KERMA_TIME_ZONE": "Spain", "KERMA_LOG_LEVEL": "chatty"})

    with pytest.raises(ConfigurationError, match="no time zone"):
        options.time_zone("time_zone")
    with pytest.raises(ConfigurationError, match="DEBUG, INFO, WARNING, ERROR"):
        options.log_level("log_level")


def test_a_name_in_the_file_that_is_no_setting_is_refused_and_the_known_ones_are_named(
    home, tmp_path
):
    (tmp_path / "kerma.toml").write_text("prot = 8001")

    with pytest.raises(ConfigurationError, match=r"'prot', which is no setting. Known: .*port"):
        Options(home)


def test_a_file_that_is_not_toml_is_refused_with_its_name(home, tmp_path):
    (tmp_path / "kerma.toml").write_text("port: 8001")

    with pytest.raises(ConfigurationError, match=r"kerma\.toml cannot be read"):
        Options(home)


@pytest.mark.parametrize("option", [o for o in OPTIONS if o.older], ids=lambda o: o.older)
def test_every_name_of_older_systems_is_documented(option):
    rows = (DOCS / "settings.md").read_text(encoding="utf-8").splitlines()

    assert f"| `{option.older}` | `{option.variable}` |" in rows


def test_names_of_older_systems_are_read_where_nothing_else_is_said(home, tmp_path):
    older = {
        "SECRET_KEY": "old", "DJANGO_ALLOWED_HOSTS": "nginx localhost [::1]", "DEBUG": "0",
        "EMAIL_HOST": "mail", "EMAIL_USE_TLS": "1", "LOG_LEVEL_QRSCU": "DEBUG",
        "VIRTUAL_DIRECTORY": "dms/", "EMAIL_PORT": "",
        "IGNORE_DEVICE_OBSERVER_UID_FOR_THESE_MODELS": "['GE OEC Fluorostar', \"Other, model\"]",
    }  # fmt: skip

    options = Options(home | older)

    assert options.text("secret_key") == "old"
    assert options.names("allowed_hosts") == ["nginx", "localhost", "[::1]"]
    assert options.flag("email_tls") is True
    assert options.number("email_port") == 25
    assert options.log_levels() == dict.fromkeys(
        ("general", "receive", "import", "tasks", "web"), "INFO"
    ) | {"query": "DEBUG"}
    assert "GE OEC Fluorostar" in options.phrases("untrusted_observer_models")


def test_the_own_name_wins_over_the_older_one_in_environment_and_file(home, tmp_path):
    (tmp_path / "kerma.toml").write_text('email_host = "file"')
    older = {"EMAIL_HOST": "older", "TIME_ZONE": "Europe/Madrid", "KERMA_TIME_ZONE": "Europe/Rome"}

    options = Options(home | older)

    assert options.text("email_host") == "file"
    assert options.time_zone("time_zone") == "Europe/Rome"


def test_a_fault_is_said_of_the_name_that_has_it(home):
    with pytest.raises(ConfigurationError, match="EMAIL_PORT must be a whole number, not 'smtp'"):
        Options(home | {"EMAIL_PORT": "smtp"})


def test_the_parts_of_a_database_address_of_older_systems_make_one(home):
    parts = {
        "SQL_HOST": "db", "SQL_PORT": "5433", "POSTGRES_USER": "kerma",
        "POSTGRES_PASSWORD": "p@ss:word", "POSTGRES_DB": "dose",
    }  # fmt: skip

    assert Options(home | parts).text("database_url") == (
        "postgresql://kerma:p%40ss%3Aword@db:5433/dose"
    )
    assert Options(home | parts | {"POSTGRES_DB": ""}).text("database_url") == ""
    assert Options(home | parts | {"KERMA_DATABASE_URL": ""}).text("database_url") == ""


def test_groups_of_elsewhere_are_mapped_even_where_their_names_hold_signs(home):
    given = "CN=IT,OU=Groups,DC=x=admin; Physicists=view, pid"

    options = Options(home | {"KERMA_LDAP_GROUPS": given})

    assert options.group_map("ldap_groups") == {
        "CN=IT,OU=Groups,DC=x": ["admin"], "Physicists": ["view", "pid"],
    }  # fmt: skip


@pytest.mark.parametrize("given", ["Physicists", "Physicists=viewer", "A=view;B"])
def test_a_mapping_to_what_is_no_group_is_refused(home, given):
    with pytest.raises(ConfigurationError, match="the groups of Kerma are "):
        Options(home | {"KERMA_OIDC_GROUPS": given}).group_map("oidc_groups")


def test_the_groups_of_mappings_are_those_of_kerma():
    assert set(GROUPS) == KNOWN_GROUPS


def test_a_variable_that_is_no_setting_is_found_with_what_may_be_meant():
    found = unknown_variables({"KERMA_PROT": "1", "KERMA_PORT": "1", "KERMA_XYZZY": "", "HOME": ""})

    assert found == {"KERMA_PROT": "KERMA_PORT", "KERMA_XYZZY": ""}
