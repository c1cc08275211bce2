from concurrent.futures import ThreadPoolExecutor

import pytest

from kerma.config.home import make_home, read_key
from kerma.config.options import ConfigurationError


def test_a_new_home_and_its_keys_are_closed_to_other_users(tmp_path):
    home = make_home(tmp_path / "a" / "home")
    read_key(home / "secret-key")

    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_key_is_made_once_and_then_stays(tmp_path):
    first = read_key(tmp_path / "key")

    assert read_key(tmp_path / "key") == first
    assert len(first) >= 64
    assert read_key(tmp_path / "other") != first


def test_processes_that_start_together_get_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(read_key, [tmp_path / "key"] * 8))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_an_empty_key_file_is_refused_because_hashes_would_match_nothing(tmp_path):
    (tmp_path / "key").write_text("\n")

    with pytest.raises(ConfigurationError, match="is empty"):
        read_key(tmp_path / "key")


def test_a_home_that_cannot_be_made_is_explained(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="Set KERMA_HOME to a folder"):
        make_home(tmp_path / "file" / "home")
