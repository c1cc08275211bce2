from pathlib import Path

import pytest

from kerma.config.options import OPTIONS, ConfigurationError, Options

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
