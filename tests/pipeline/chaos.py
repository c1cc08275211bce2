"""Objects are sent while receiver, workers, supervisor, queue and database are killed in turn.

    python -m tests.pipeline.chaos 10000              on SQLite
    python -m tests.pipeline.chaos 10000 --postgres   on a PostgreSQL server of its own

A sender that got no success as answer sends again, as real ones do. At the end, whatever was sent
must be stored or in quarantine, once, and whole: as a site has it that got the objects in peace.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from bench.postgres import private_postgres
from pydicom import Dataset, dcmread
from pynetdicom import AE

from kerma.dicom.write import code, container, document, num, to_bytes, uidref
from tests.dicom.objects import DLP, DOSE, EVENT, EVENT_UID, TITLE
from tests.pipeline.snapshot import snapshot
from tests.sites import PROJECT, Site, free_port, sites

_CT = ("77477000", "SCT", "Computed Tomography X-Ray")
_STUDY_SIZE = 5
_BROKEN = 50
"""One in so many objects has a dose in a unit that nobody knows: it belongs into quarantine."""
_SENDERS = 2
_TASKS = 20
_STUCK_S = 120.0
"""A site at which nothing changes for so long, when nothing is killed any more, is stuck."""


def make(number: int) -> bytes:
    """Return one object: a CT report, five of them in a study."""
    study = number // _STUDY_SIZE
    unit = "furlong" if number % _BROKEN == 7 else "mGy.cm"
    content = container(
        TITLE,
        code(("121058", "DCM", "Procedure reported"), _CT),
        container(
            EVENT,
            uidref(EVENT_UID, f"1.2.3.5.{number}"),
            container(DOSE, num(DLP, 10.0 + number, unit)),
        ),
        template="10011",
    )
    return to_bytes(
        document(
            content,
            StudyInstanceUID=f"1.2.3.{study}",
            SOPInstanceUID=f"1.2.4.{number}",
            Modality="SR",
            Manufacturer="ACME",
            StationName=f"Room {study % 4}",
            StudyDate="20260101",
        )
    )


class Sender(threading.Thread):
    """Sends objects until each was answered with success."""

    def __init__(self, port: int, objects: Sequence[Dataset]) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._objects = objects
        self.sends = 0

    def run(self) -> None:
        """Send; after a broken association, begin another one where it broke."""
        waiting = list(self._objects)
        while waiting:
            association = _associate(self._port)
            if association is None:
                time.sleep(0.1)
                continue
            while waiting:
                self.sends += 1
                if not _was_stored(association, waiting[-1]):
                    association.abort()
                    break
                waiting.pop()
            else:
                association.release()


def _associate(port: int) -> Any:
    entity = AE("CHAOS")
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 5
    entity.add_requested_context("1.2.840.10008.5.1.4.1.1.88.67", "1.2.840.10008.1.2.1")
    association = entity.associate("127.0.0.1", port, ae_title="KERMA")
    return association if association.is_established else None


def _was_stored(association: Any, data_set: Dataset) -> bool:
    try:
        status = association.send_c_store(data_set)
    except (RuntimeError, ValueError):  # the association is gone
        return False
    return "Status" in status and status.Status == 0


class World:
    """A site with its processes, and ways to kill each of them."""

    def __init__(self, site: Site, dice: random.Random) -> None:
        self.site = site
        self.port = free_port()
        self._dice = dice
        self._log = (site.home / "chaos.log").open("a")
        self._receiver = self._start_receiver()
        self._work = self._start_work()
        self.kills: Counter[str] = Counter()
        self.ways: dict[str, Callable[[], bool]] = {
            "receiver": self._kill_receiver,
            "a worker process": self._kill_child,
            "supervisor": self._kill_supervisor,
            "queue": self._empty_queue,
            "database": self._hurt_database,
        }

    def kill_something(self, turn: int) -> None:
        """Kill one thing, each kind in its turn."""
        name = list(self.ways)[turn % len(self.ways)]
        with contextlib.suppress(sqlite3.Error, psycopg.Error):  # it is dead already
            if self.ways[name]():
                self.kills[name] += 1

    def end(self) -> None:
        """Stop all of it in good order."""
        for process in (self._receiver, self._work):
            process.terminate()
            process.wait(60)
        self._log.close()

    def _start_receiver(self) -> "subprocess.Popen[str]":
        return self._start(
            "-c", "from kerma.cli.main import main; main()", "receive", "--port", str(self.port)
        )

    def _start_work(self) -> "subprocess.Popen[str]":
        return self._start("-m", "tests.cli.working")

    def _start(self, *arguments: str) -> "subprocess.Popen[str]":
        return self.site.python(*arguments, stdout=self._log, stderr=self._log)

    def _may_die(self, is_at_work: bool) -> bool:
        """Whether to kill a process: also one that still starts, but seldom.

        On a busy machine a start may take longer than it is from one kill to the next, and nothing
        would ever be done.
        """
        return is_at_work or self._dice.random() < 0.2

    def _kill_receiver(self) -> bool:
        if not self._may_die(_listens(self.port)):
            return False
        self._receiver.kill()
        self._receiver.wait()
        self._receiver = self._start_receiver()
        return True

    def _kill_child(self) -> bool:
        children = _children(self._work.pid)
        if children:
            os.kill(self._dice.choice(children), signal.SIGKILL)
        return bool(children)

    def _kill_supervisor(self) -> bool:
        if not self._may_die(bool(_children(self._work.pid))):
            return False
        self._work.kill()
        self._work.wait()
        self._work = self._start_work()
        return True

    def _empty_queue(self) -> bool:
        self.site.ask("DELETE FROM django_tasks_database_dbtaskresult")
        return True

    def _hurt_database(self) -> bool:
        """Lock a file against everybody for a while; end all connections to a server."""
        if self.site.url:
            self.site.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return True
        connection = sqlite3.connect(self.site.home / "kerma.sqlite3", timeout=20)
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(1.0)
        connection.close()
        return True


class Server:
    """A PostgreSQL server to be killed and started again."""

    def __init__(self, address: str) -> None:
        with psycopg.connect(address) as connection:
            self._data = Path(connection.execute("SHOW data_directory").fetchone()[0])
        self._command = (self._data / "postmaster.opts").read_text().split()

    def kill(self) -> bool:
        """Kill every process of it, wait a little, and start it again."""
        postmaster = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        for pid in [postmaster, *_children(postmaster)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(1.0)
        program, *options = [part.strip('"') for part in self._command]
        prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
        subprocess.Popen(
            [*(prefix if os.geteuid() == 0 else []), program, *options],
            cwd=self._data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return True


def run(
    new_site: Callable[[], Site],
    number: int,
    *,
    every_s: float = 1.0,
    server: Server | None = None,
    seed: int = 1,
) -> dict[str, Any]:
    """Send `number` objects while things die; return what was counted.

    Parameters
    ----------
    every_s
        Pause between two kills, on the average.
    server
        The server of the site's database, to be killed as a whole.
    """
    dice = random.Random(seed)
    data = [make(each) for each in range(number)]
    dice.shuffle(data)
    site = new_site()
    site.run("migrate")
    start = time.monotonic()
    world = World(site, dice)
    if server is not None:
        world.ways["database"] = server.kill
    _add_tasks(site)
    senders = [
        Sender(world.port, [dcmread(BytesIO(each)) for each in data[first::_SENDERS]])
        for first in range(_SENDERS)
    ]
    for sender in senders:
        sender.start()
    sent_s = 0.0
    for turn in count():
        time.sleep(dice.uniform(0.5, 1.5) * every_s)
        world.kill_something(turn)
        if not sent_s and not any(sender.is_alive() for sender in senders):
            sent_s = time.monotonic() - start
        if sent_s and len(world.kills) == len(world.ways):
            break
    _await_quiet(site)
    world.end()
    return {
        "objects": number,
        "sends": sum(sender.sends for sender in senders),
        "seconds": round(time.monotonic() - start, 1),
        "seconds until all were sent": round(sent_s, 1),
        "killed": dict(world.kills),
        **_count(site),
        "differs from a site left in peace": _differences(site, _in_peace(new_site, data)),
    }


def _add_tasks(site: Site) -> None:
    process = site.python("-m", "tests.cli.working", "add", "short", str(_TASKS))
    assert process.communicate()[1] == ""


def _await_quiet(site: Site) -> None:
    """Wait until nothing waits any more."""
    before, since = (-1, -1), time.monotonic()
    while before != (0, 0) and time.monotonic() - since < _STUCK_S:
        with contextlib.suppress(sqlite3.Error, psycopg.Error):
            now = _waiting(site)
            if now != before:
                before, since = now, time.monotonic()
        time.sleep(0.2)


def _waiting(site: Site) -> tuple[int, int]:
    """Return how many objects and how many tasks wait."""
    objects = len(list((site.home / "spool").glob("*.dcm")))
    unfinished = "SELECT count(*) FROM store_task WHERE state IN ('queued', 'running')"
    return objects, site.ask(unfinished)[0][0]


def _count(site: Site) -> dict[str, Any]:
    """Count what is where, by SOP Instance UID."""
    stored = [row[0] for row in site.ask("SELECT sop_instance_uid FROM store_source")]
    kept = [row[0] for row in site.ask("SELECT sop_instance_uid FROM store_quarantine")]
    tasks = site.ask("SELECT state, count(*) FROM store_task GROUP BY state")
    return {
        "stored": len(set(stored)),
        "in quarantine": len(set(kept)),
        "stored twice": len(stored) - len(set(stored)),
        "in quarantine twice": len(kept) - len(set(kept)),
        "stored and in quarantine": len(set(stored) & set(kept)),
        "tasks": dict(tasks),
    }


_PUT = """
import sys, django
django.setup()
from pathlib import Path
from kerma.pipeline import inbox, spool
for path in sorted(Path(sys.argv[1]).iterdir()):
    spool.put([path.read_bytes()], "receive", "KERMA", "CHAOS")
while inbox.work_off():
    pass
"""


def _in_peace(new_site: Callable[[], Site], data: Sequence[bytes]) -> Site:
    """Return a site that got the same objects, one after the other, and nothing died."""
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"  # nothing is going to be killed here
    site = new_site()
    site.run("migrate")
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(data):
            (Path(folder) / f"{number:06d}").write_bytes(each)
        process = site.python("-c", f"import os\nos.environ['DJANGO_SETTINGS_MODULE'] = "
                              f"'kerma.config.settings'\n{_PUT}", folder)  # fmt: skip
        errors = process.communicate()[1]
    assert process.returncode == 0, errors
    return site


def _differences(one: Site, other: Site) -> list[str]:
    """Return the rows that only one of the sites has, but for what the order of arrival decides."""
    found = []
    rows = [_rows(site) for site in (one, other)]
    for table in rows[0]:
        only = Counter(rows[0][table])
        only.subtract(rows[1][table])
        found += [f"{table} {count:+d}: {line}" for line, count in only.items() if count]
    return found


def _rows(site: Site) -> dict[str, list[str]]:
    found = snapshot(site.url or site.home / "kerma.sqlite3")
    del found["store_knowntext"]  # which texts a study had for a moment
    for words in ("imported", "merged", "duplicate"):
        found["store_objectuse"] = [
            line.replace(f'"{words}"', '"used"') for line in found["store_objectuse"]
        ]
    return found


def _children(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(word) for word in text.split()]
    return []


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def faults(said: dict[str, Any]) -> list[str]:
    """Return what is wrong with the outcome of a run; nothing if all is well."""
    wrong = []
    if said["stored"] + said["in quarantine"] != said["objects"]:
        wrong.append("what was sent is not what is there")
    wrong += [name for name in _NEVER if said[name]]
    if set(said["tasks"]) != {"done"} or said["tasks"]["done"] != _TASKS:
        wrong.append("tasks were lost")
    return wrong


_NEVER = (
    "stored twice",
    "in quarantine twice",
    "stored and in quarantine",
    "differs from a site left in peace",
)


@contextlib.contextmanager
def _server(wanted: bool) -> Iterator[Server | None]:
    if not wanted:
        yield None
        return
    with private_postgres() as address:
        os.environ["KERMA_DATABASE_URL"] = address
        yield Server(address)


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Send objects while everything is killed.")
    parser.add_argument("objects", type=int, help="how many to send")
    parser.add_argument("--postgres", action="store_true", help="on a server of its own")
    parser.add_argument("--pause", type=float, default=1.5, help="seconds between two kills")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="kerma-chaos-") as root,
        _server(chosen.postgres) as server,
        sites(lambda: Path(tempfile.mkdtemp(dir=root))) as new_site,
    ):
        said = run(new_site, chosen.objects, every_s=chosen.pause, server=server)
    wrong = faults(said)
    print(json.dumps(said | {"faults": wrong}, indent=2))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    os.chdir(PROJECT)
    main()
