"""Kerma beside a real Orthanc: what Orthanc receives arrives in Kerma, whatever goes wrong."""

import json
import re
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from kerma.dicom.files import read_bytes
from kerma.net import orthanc
from kerma.net.orthanc import Door
from kerma.pipeline import spool
from kerma.pipeline.inbox import Inbox
from kerma.pipeline.watched import Watcher
from kerma.store import options, tokens
from kerma.store.models import Arrival, Study, WatchedFolder
from tests.pipeline.arrivals import a_report, a_slice, rule

ORTHANC = Path("/usr/sbin/Orthanc")
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not ORTHANC.exists(), reason="there is no Orthanc on this machine"),
    pytest.mark.skipif(not shutil.which("storescu"), reason="there is no DCMTK on this machine"),
]


class Peer:
    """An Orthanc of its own folder and ports, with Kerma's script and configuration."""

    def __init__(self, where: Path, door: Door) -> None:
        self.port, self.web = free_port(), free_port()
        self.folder = where
        _, path = orthanc.write(where, door._replace(port=self.port))
        given = json.loads(re.sub(r"(?m)^\s*//.*$", "", path.read_text()))
        data = {"StorageDirectory": str(where / "db"), "IndexDirectory": str(where / "db")}
        path.write_text(json.dumps(given | data | {"HttpPort": self.web, "StableAge": 1}))
        self._configuration = path
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [ORTHANC, self._configuration], stdout=log, stderr=subprocess.STDOUT
            )
        wait_for(self._answers, "Orthanc does not start")

    def stop(self, *, kill: bool = False) -> None:
        self._process.kill() if kill else self._process.terminate()
        self._process.wait(timeout=20)

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.web}/system", timeout=2).ok
        except requests.ConnectionError:
            return False

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def count(self) -> int:
        """Return how many objects it holds, that of the script apart."""
        tags = [self._get(f"/instances/{name}/simplified-tags") for name in self._get("/instances")]
        return sum(each.get("StudyID", "") != "KERMA-CLOCK" for each in tags)

    def _get(self, path: str) -> Any:
        answer = requests.get(f"http://127.0.0.1:{self.web}{path}", timeout=5)
        return answer.json() if answer.ok else {"StudyID": "KERMA-CLOCK"}  # gone meanwhile

    def send(self, *objects: bytes) -> None:
        """Send objects by DCMTK's storescu."""
        folder = self.folder / "sent"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for number, data in enumerate(objects):
            (folder / f"{number}.dcm").write_bytes(data)
        command = ["storescu", "-R", "+sd", "127.0.0.1", str(self.port), str(folder)]
        subprocess.run(command, check=True, capture_output=True, timeout=30)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def relay(port: int, target: int) -> Iterator[None]:
    """Answer on a port on which nothing did, by what answers on another."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", target)) as other:
                back = threading.Thread(target=pump, args=(other, self.request))
                back.start()
                pump(self.request, other)
                back.join()

    def pump(source: socket.socket, sink: socket.socket) -> None:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)

    with socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield
        server.shutdown()


@contextmanager
def refusing(url: str) -> Iterator[str]:
    """Stand before a Kerma and refuse, as STOW-RS does, the objects that ask for it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = 409, b'{"00081198": {"vr": "SQ", "Value": []}}'
            if b"Refuse me" not in body:
                headers = {name: self.headers[name] for name in ("Content-Type", "Authorization")}
                found = requests.post(f"{url}{self.path}", body, headers=headers, timeout=5)
                status, answer = found.status_code, found.content
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def wait_for(condition: Callable[[], bool], otherwise: str, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> Path:
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()
    return settings.KERMA_HOME


@pytest.fixture
def begin(tmp_path) -> Iterator[Callable[[Door], Peer]]:
    """Start an Orthanc; it ends with the test."""
    peers: list[Peer] = []

    def start(door: Door) -> Peer:
        peers.append(Peer(tmp_path / "orthanc", door))
        return peers[0]

    yield start
    for peer in peers:
        peer.stop(kill=True)


@pytest.fixture
def token() -> str:
    return tokens.make("orthanc", None)


@pytest.fixture
def drop(tmp_path) -> Path:
    """Return a watched folder with a name that a shell would misread."""
    path = tmp_path / "it's a folder"
    path.mkdir()
    WatchedFolder.objects.create(path=str(path), stable_s=0)
    return path


def arrived(count: int) -> bool:
    Inbox().work_off(lambda: False)
    return Arrival.objects.count() >= count


def test_what_orthanc_receives_arrives_by_stow_and_leaves_orthanc(begin, live_server, token):
    peer = begin(Door(url=f"{live_server.url}/dicom-web/studies", token=token))

    peer.send(*(a_report(number) for number in range(3)))

    wait_for(lambda: arrived(3), "nothing arrives")
    wait_for(lambda: peer.count() == 0, "Orthanc keeps objects")
    rows = set(Arrival.objects.values_list("came_by", "store", "decision"))
    assert rows == {("stow", "orthanc", "imported")}
    assert Study.objects.count() == 3


def test_by_a_watched_folder_it_arrives_as_it_was(begin, drop):
    peer = begin(Door(folder=str(drop)))
    sent = a_report()

    peer.send(sent)

    wait_for(lambda: len(list(drop.glob("*.dcm"))) == 1, "nothing arrives")
    assert not list(drop.glob("*.part"))
    assert Watcher().look() == 1
    (spooled,) = spool.waiting()
    assert read_bytes(spooled.path.read_bytes()).digest() == read_bytes(sent).digest()
    wait_for(lambda: peer.count() == 0, "Orthanc keeps objects")


def test_nothing_is_lost_while_kerma_is_down_or_orthanc_restarts(begin, live_server, token):
    port = free_port()
    peer = begin(Door(url=f"http://127.0.0.1:{port}/dicom-web/studies", token=token))

    peer.send(*(a_report(number) for number in range(4)))
    time.sleep(1.5)
    assert peer.count() == 4
    peer.stop(kill=True)
    peer.start()
    peer.send(a_report(4))
    assert peer.count() == 5

    with relay(port, live_server.thread.port):
        wait_for(lambda: arrived(5), "what waited does not arrive")
        wait_for(lambda: peer.count() == 0, "Orthanc keeps objects")
    assert Study.objects.count() == 5


def test_what_kerma_refused_is_delivered_once_the_token_is_mended(begin, live_server, token):
    peer = begin(Door(url=f"{live_server.url}/dicom-web/studies", token="wrong"))
    peer.send(*(a_report(number) for number in range(4)))
    time.sleep(1.5)
    assert spool.count() == 0

    script = peer.folder / orthanc.SCRIPT
    peer.stop(kill=True)
    script.write_text(script.read_text().replace("'wrong'", f"'{token}'"))
    peer.start()

    wait_for(lambda: arrived(4), "what waited does not arrive")


def test_an_object_that_kerma_refuses_stays_and_keeps_no_other_waiting(begin, live_server, token):
    with refusing(live_server.url) as url:
        peer = begin(Door(url=f"{url}/dicom-web/studies", token=token))
        peer.send(a_report(1, StudyDescription="Refuse me"))
        wait_for(lambda: "does not take" in peer.log(), "it is not refused")

        peer.send(*(a_report(number) for number in (2, 3, 4)))
        wait_for(lambda: arrived(3), "the others wait")
        for number in range(5, 8):
            peer.send(a_report(number))
            wait_for(lambda: arrived(number - 1), "it has to wait", seconds=2)  # noqa: B023

        assert peer.count() == 1


class TestLists:
    """With the lists of the seeds, the script deletes what Kerma need not have."""

    def sent(self, begin, drop, *objects: bytes) -> int:
        """Return how many of the objects are delivered."""
        peer = begin(Door(folder=str(drop)))
        peer.send(*objects)
        wait_for(lambda: peer.count() == 0, "Orthanc keeps objects")
        return len(list(drop.glob("*.dcm")))

    def test_ignored_objects_are_not_delivered(self, begin, drop):
        rule("ignore", "manufacturer", "acme")
        rule("ignore", "model", "scan*")
        rule("ignore", "station_name", "CT-?")
        rule("ignore", "software_versions", "2.1")
        rule("ignore", "serial_number", "SCB(1)")

        delivered = self.sent(
            begin,
            drop,
            plain(1, Manufacturer="ACME"),
            plain(2, ManufacturerModelName="Scan 9"),
            plain(3, StationName="ct-9"),
            plain(4, SoftwareVersions=["VA20", "2.1"]),
            plain(5, DeviceSerialNumber="scb(1)"),
            plain(6),
            plain(7, ManufacturerModelName="Scam", StationName="CT-10", SoftwareVersions="2x1"),
        )

        assert delivered == 2

    def test_images_without_dose_are_not_but_for_physics_and_listed_scanners(self, begin, drop):
        rule("physics", "patient", "qa?test")
        rule("collect", "scanner", "toshiba", "it's*")
        physics = a_slice(1, "1.2.71", PatientName="My^QA-Test")
        listed = a_slice(1, "1.2.72", ManufacturerModelName="It's a CT")

        assert self.sent(begin, drop, a_slice(), physics, listed, a_report()) == 3

    def test_dose_screens_are_whatever_scanner_they_are_of(self, begin, drop):
        saved = ["DERIVED", "SECONDARY", "SCREEN SAVE"]
        siemens = ["DERIVED", "SECONDARY", "OTHER", "CT_SOM5 PROT"]

        delivered = self.sent(
            begin,
            drop,
            a_slice(1, "1.2.81", ImageType=saved, Manufacturer="GE MEDICAL SYSTEMS"),
            a_slice(1, "1.2.82", ImageType=siemens, Manufacturer="SIEMENS"),
            a_slice(1, "1.2.83", SeriesDescription="Dose Report"),
            a_slice(1, "1.2.84", SOPClassUID=SECONDARY_CAPTURE),
            a_slice(1, "1.2.85", ImageType=["DERIVED", "SECONDARY", "REFORMATTED"]),
            a_slice(1, "1.2.86", SeriesDescription="Low dose chest"),
        )

        assert delivered == 4

    def test_switched_off_neither_is(self, begin, drop):
        rule("physics", "patient", "qa")
        rule("collect", "scanner", "toshiba", "aquilion")
        options.put("physics_keep", False)
        options.put("collect_keep", False)

        assert self.sent(begin, drop, a_slice(PatientName="QA"), a_report()) == 1


def plain(number: int, **header: object) -> bytes:
    """Return a report that meets no rule but by what is given."""
    given = {"Manufacturer": "Other", "ManufacturerModelName": "X", "StationName": "Room"}
    return a_report(number, **(given | header))
