import sqlite3
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from kerma.config.databases import database
from kerma.config.options import ConfigurationError
from kerma.health.areas.database import missing_migrations


def test_without_an_address_the_database_is_a_file_in_the_home():
    assert database("", Path("/home/kerma"))["NAME"] == Path("/home/kerma/kerma.sqlite3")


def test_sqlite_writes_ahead_so_that_readers_never_wait(tmp_path):
    found = database("", tmp_path)
    file = sqlite3.connect(found["NAME"])
    file.executescript(found["OPTIONS"]["init_command"])

    assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert file.execute("PRAGMA synchronous").fetchone() == (1,)  # NORMAL
    file.close()


def test_a_postgresql_address_is_taken_apart():
    found = database("postgresql://anna:p%40ss@db.example:5433/kerma", Path("/home/kerma"))

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("anna", "p@ss", "db.example")
    assert (found["PORT"], found["NAME"]) == (5433, "kerma")


@pytest.mark.parametrize(
    "address", ["mysql://anna:p4ss@host/name", "p4ss", "postgresql://anna:p4ss@host:port/name", ":"]
)
def test_any_other_address_is_refused_without_repeating_a_password(address):
    with pytest.raises(ConfigurationError, match="Write it as postgresql://") as error:
        database(address, Path("/home/kerma"))

    assert "p4ss" not in str(error.value)


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_migrations_make_every_table():
    assert missing_migrations() == 0
    assert "auth_user" in connection.introspection.table_names()


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_leaves_nothing():
    def make_group_and_fail():
        with transaction.atomic():
            Group.objects.create(name="ghosts")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_group_and_fail()

    assert not Group.objects.filter(name="ghosts").exists()
