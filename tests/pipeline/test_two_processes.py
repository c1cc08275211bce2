"""Several processes that import at once end as one that imports alone."""

import datetime as dt
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from kerma.demo.hospital import broken_study, draw_studies
from kerma.dicom.write import code, container, document, num, to_bytes, uidref
from tests.dicom.objects import DLP, DOSE, EVENT, EVENT_UID, TITLE
from tests.pipeline.snapshot import snapshot

pytestmark = pytest.mark.both_databases

_UNTIL = dt.datetime.fromisoformat("2026-01-01")
_CT = ("77477000", "SCT", "Computed Tomography X-Ray")
_serial = count()


class Site(NamedTuple):
    """An empty Kerma: its home, and the address of its database, "" for SQLite."""

    home: Path
    url: str

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a `kerma` command."""
        environment = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
        environment |= {"KERMA_HOME": str(self.home)}
        environment |= {"KERMA_DATABASE_URL": self.url} if self.url else {}
        return subprocess.Popen(
            [sys.executable, "-c", "from kerma.cli.main import main; main()", *arguments],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def rows(self) -> dict[str, list[str]]:
        """Return what is stored, but for what the order of arrival decides.

        That is which object of a study came first, and which texts a study had for a moment.
        """
        found = snapshot(self.url or self.home / "kerma.sqlite3")
        del found["store_knowntext"]
        uses = [line.replace('"merged"', '"imported"') for line in found["store_objectuse"]]
        return found | {"store_objectuse": sorted(uses)}


@pytest.fixture(scope="module")
def new_site(tmp_path_factory) -> Iterator[object]:
    """Make sites, each with a database of its own on the server that the tests run on."""
    server = os.environ.get("KERMA_DATABASE_URL", "")
    made = []

    def make() -> Site:
        home = tmp_path_factory.mktemp("site")
        if not server:
            return Site(home, "")
        made.append(f"kerma_processes_{os.getpid()}_{next(_serial)}")
        _on_server(server, f"CREATE DATABASE {made[-1]}")
        return Site(home, f"{server.rpartition('/')[0]}/{made[-1]}")

    yield make
    for name in made:
        _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> Path:
    """Fill a folder with objects in an order that makes processes meet in the same study."""
    studies = [*draw_studies(30, seed=3, until=_UNTIL), broken_study(seed=3, until=_UNTIL)]
    data = [each.data for study in studies for each in study.objects]
    data += [_ct_report(number) for number in range(48)]
    random.Random(1).shuffle(data)
    folder = tmp_path_factory.mktemp("objects")
    for number, each in enumerate(data):
        (folder / f"{number:04d}.dcm").write_bytes(each)
    return folder


def _ct_report(number: int) -> bytes:
    """Return one of many reports in a study, by one of eight devices in four rooms."""
    content = container(
        TITLE,
        code(("121058", "DCM", "Procedure reported"), _CT),
        container(
            EVENT,
            uidref(EVENT_UID, f"1.2.3.5.{number}"),
            container(DOSE, num(DLP, 10.0 + number, "mGy.cm")),
        ),
        template="10011",
    )
    return to_bytes(
        document(
            content,
            StudyInstanceUID="1.2.3",
            SOPInstanceUID=f"1.2.3.4.{number}",
            Modality="SR",
            Manufacturer="ACME",
            StationName=f"Room {number % 4}",
            SoftwareVersions=f"{number % 8}",
            StudyDate="20260101",
        )
    )


def _finish(*commands: "subprocess.Popen[str]") -> list[str]:
    """Wait for commands that refuse the one broken object, and return what they say."""
    said = [command.communicate()[1] for command in commands]
    assert [command.returncode for command in commands] == [1] * len(commands), said
    return said


@pytest.fixture(scope="module")
def alone(objects, new_site) -> dict[str, list[str]]:
    """Return what one process leaves that imports alone."""
    site = new_site()
    _finish(site.start("import", str(objects)))
    return site.rows()


def test_one_process_stores_the_many_reports_of_one_study(alone):
    assert sum('"1.2.3"' in line for line in alone["store_source"]) == 48
    assert len(alone["store_study"]) > 30


def test_two_processes_of_one_import_store_the_same(objects, new_site, alone):
    site = new_site()

    (said,) = _finish(site.start("import", "--jobs", "2", str(objects)))

    assert said.count(".dcm: ") == 1
    assert site.rows() == alone


def test_two_imports_of_the_same_objects_at_once_store_them_once(objects, new_site, alone):
    site = new_site()

    said = _finish(*[site.start("import", str(objects)) for _ in range(2)])

    assert [each.count(".dcm: ") for each in said] == [1, 1]
    assert site.rows() == alone
