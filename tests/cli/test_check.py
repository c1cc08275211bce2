from collections import namedtuple

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from kerma.cli import health
from kerma.health.areas import database, disk
from kerma.store.models import LocalStore

pytestmark = pytest.mark.django_db

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def home(tmp_path, settings):
    """Make a home without faults."""
    settings.KERMA_HOME = tmp_path
    settings.KERMA_DISK_FREE_GB = 0
    settings.KERMA_UNKNOWN_VARIABLES = {}
    tmp_path.chmod(0o700)
    for name in ("secret-key", "identity-key"):
        (tmp_path / name).write_text("key")
        (tmp_path / name).chmod(0o600)
    return tmp_path


def found():
    return " ".join(health.faults())


def test_a_site_without_faults_is_said_to_be_so(home, capsys):
    call_command("check")

    assert capsys.readouterr().out.startswith("No faults found")


def test_each_fault_is_a_line_on_stderr_and_the_exit_status_tells(home, capsys):
    home.chmod(0o755)
    (home / "secret-key").chmod(0o644)

    with pytest.raises(CommandError, match="2 faults found") as error:
        call_command("check")

    assert error.value.returncode == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_key_that_others_can_read(home):
    (home / "identity-key").chmod(0o640)

    assert f"run: chmod go= {home / 'identity-key'}" in found()


def test_the_database_file_is_safe_in_a_closed_home(home):
    (home / "kerma.sqlite3").write_text("")
    (home / "kerma.sqlite3").chmod(0o644)
    assert found() == ""

    home.chmod(0o755)
    assert f"chmod go= {home / 'kerma.sqlite3'}" in found()


def test_a_home_that_cannot_be_written_to(home, monkeypatch):
    monkeypatch.setattr(health.os, "access", lambda path, mode: False)

    assert "cannot be written to by this user" in found()


def test_a_disk_that_is_nearly_full(home, monkeypatch, settings):
    settings.KERMA_DISK_FREE_GB = 5
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: Usage(0, 0, 4_900_000_000))

    assert "has 4.9 GB left, less than the 5 GB" in found()


def test_a_database_that_does_not_answer(home, monkeypatch):
    def refuse():
        raise OperationalError("connection\nrefused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    assert "The database cannot be used (connection refused)" in found()


def test_a_database_of_an_older_version(home, monkeypatch):
    monkeypatch.setattr(database, "missing_migrations", lambda: 3)

    assert "lacks 3 steps of this version; run: kerma migrate" in found()


def test_a_variable_that_is_no_setting(home, settings):
    settings.KERMA_UNKNOWN_VARIABLES = {"KERMA_PROT": "KERMA_PORT", "KERMA_XYZZY": ""}

    assert (
        "KERMA_PROT is no setting of Kerma and has no effect; KERMA_PORT may be meant." in found()
    )
    assert "KERMA_XYZZY is no setting of Kerma and has no effect." in found()


def test_an_e_mail_server_that_cannot_be_reached(home, settings):
    settings.KERMA_EMAIL = settings.KERMA_EMAIL | {"host": "127.0.0.1", "port": 9}

    assert "The e-mail server cannot be used. 127.0.0.1:9: nothing listens" in found()


def test_two_ways_to_encrypt_e_mail_at_once(home, settings):
    settings.KERMA_EMAIL = settings.KERMA_EMAIL | {"tls": True, "ssl": True}

    assert "are both on, and SSL is used" in found()


def test_a_store_that_nothing_receives_for(home):
    LocalStore.objects.create(name="Main", ae_title="KERMA", port=1)

    assert "kerma receive" in found()


def test_where_the_database_does_not_answer_no_more_is_asked_of_it(home, monkeypatch):
    def refuse():
        raise OperationalError("refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    assert len(list(health.faults())) == 1


def test_settings_that_open_the_site_to_the_network(home, settings):
    settings.DEBUG = True
    settings.KERMA_HOST = "0.0.0.0"
    settings.ALLOWED_HOSTS = ["*"]

    assert "KERMA_DEBUG" in found()
    assert "KERMA_ALLOWED_HOSTS" in found()
