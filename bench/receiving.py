"""How fast objects are received durably: Kerma, Orthanc and a plain loop of writes, in turns.

    python bench/receiving.py [--objects N] [--turns N] [--part NAME]...

Objects of 30 kB (a dose report) and of 0.5 MB (an image) are sent by the same sender
(`bench/sender.py`, TCP_NODELAY) with 1 and with 4 associations, each a process. The plain loop
writes the same bytes, and does fsync, rename and fsync of the folder, in as many processes. The
best turn of each counts. Orthanc is Debian's, with SyncStorageArea, on the same disk.

rates   objects a second: Kerma against Orthanc (aim 2) and the plain loop (aim 0.7)
stock   milliseconds an object with an unmodified `storescu`
memory  resident memory of the receiver over --many objects (100,000 for the aim)
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydicom.dataset import Dataset
from sender import SERIAL

from kerma.dicom.write import code, container, dataset, document, num, text, to_bytes, uidref

BENCH = Path(__file__).parent
ROOT = "1.2.826.0.1.3680043.10.999"
PARTS = ("rates", "stock", "memory")


class Server(NamedTuple):
    """A running receiver."""

    name: str
    aet: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        """Return the CPU time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Return the memory that it holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * 4096 / 1e6


class Took(NamedTuple):
    """One turn."""

    rate: float
    """Objects a second."""
    cpu_ms: float
    """CPU time of the receiver for an object."""


def report() -> Dataset:
    """Make a dose report of about 30 kB."""
    event = [
        container(
            ("113819", "DCM", "CT Acquisition"),
            text(("125203", "DCM", "Acquisition Protocol"), "Thorax with contrast"),
            uidref(("113769", "DCM", "Irradiation Event UID"), f"{ROOT}.4.{number}"),
            code(("123014", "DCM", "Target Region"), ("51185008", "SCT", "Chest")),
            *(num(("113830", "DCM", "Mean CTDIvol"), 7.5, "mGy") for _ in range(10)),
        )
        for number in range(12)
    ]
    root = container(("113701", "DCM", "X-Ray Radiation Dose Report"), *event)
    return document(root, **_uids())


def image() -> Dataset:
    """Make an image of 0.5 MB."""
    pixels = np.random.default_rng(1).integers(0, 4096, (512, 512), np.uint16)
    return dataset(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
        Modality="CT",
        Rows=512,
        Columns=512,
        BitsAllocated=16,
        BitsStored=12,
        HighBit=11,
        PixelRepresentation=0,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        PixelData=pixels.tobytes(),
        **_uids(),
    )


def _uids() -> dict[str, str]:
    names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    serial = SERIAL.decode()
    uids = {name: f"{ROOT}.{number}.1{serial}" for number, name in enumerate(names)}
    return uids | {"PatientID": f"P{serial}", "PatientName": "Bench"}


@contextmanager
def kerma(folder: Path) -> Iterator[Server]:
    """Run `kerma receive`."""
    home = folder / "kerma"
    environment = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
    environment |= {"KERMA_HOME": str(home), "KERMA_DISK_FREE_GB": "1"}
    program = [sys.executable, "-c", "from kerma.cli.main import main; main()"]
    process = subprocess.Popen(
        [*program, "receive", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline().rpartition(":")[2])
        yield Server("Kerma", "KERMA", port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def orthanc(folder: Path, *, nodelay: bool = False) -> Iterator[Server]:
    """Run Debian's Orthanc with an empty database of its own.

    As it comes, it waits for the sender's delayed acknowledgement before the end of each answer;
    DCMTK, which it is built on, can be told by a variable of the environment not to.
    """
    port, web = _free_port(), _free_port()
    home = folder / "orthanc"
    home.mkdir()
    settings = {
        "StorageDirectory": str(home),
        "IndexDirectory": str(home),
        "SyncStorageArea": True,
        "DicomPort": port,
        "DicomAet": "ORTHANC",
        "HttpPort": web,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "Plugins": [],
    }
    (home / "settings.json").write_text(json.dumps(settings))
    process = subprocess.Popen(
        ["/usr/sbin/Orthanc", str(home / "settings.json")],
        env=os.environ | ({"TCP_NODELAY": "1"} if nodelay else {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        name = "Orthanc with TCP_NODELAY" if nodelay else "Orthanc"
        yield Server(name, "ORTHANC", port, process.pid)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"Nothing listens at port {port}.")


class Bench:
    """Objects to send, and where they go."""

    def __init__(self, folder: Path, objects: int) -> None:
        self.folder = folder
        self.objects = objects
        self._first = 0

    def send(self, server: Server, path: Path, associations: int, objects: int) -> Took:
        """Send by so many associations at once."""
        each = objects // associations
        before = server.cpu_s()
        senders = [self._sender(server, path, each) for _ in range(associations)]
        results = [json.loads(sender.communicate()[0]) for sender in senders]
        seconds = max(r["ended_at"] for r in results) - min(r["began_at"] for r in results)
        sent = each * associations
        return Took(sent / seconds, (server.cpu_s() - before) / sent * 1e3)

    def _sender(self, server: Server, path: Path, objects: int) -> "subprocess.Popen[str]":
        first, self._first = self._first, self._first + objects
        command = [sys.executable, str(BENCH / "sender.py"), str(server.port), str(path)]
        options = ["--number", str(objects), "--first", str(first), "--aet", server.aet]
        return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)

    def plain(self, path: Path, processes: int, objects: int) -> Took:
        """Write the same bytes durably without any network."""
        command = [sys.executable, __file__, "--loop", str(objects // processes), str(path)]
        writers = [
            subprocess.Popen(
                [*command, str(self.folder / f"plain-{number}")], stdout=subprocess.PIPE, text=True
            )
            for number in range(processes)
        ]
        seconds = [float(writer.communicate()[0]) for writer in writers]
        return Took(objects // processes * processes / max(seconds), 0.0)


def loop(number: int, path: Path, folder: Path) -> None:
    """Be one plain loop; print its seconds."""
    data = path.read_bytes()
    (folder / "draft").mkdir(parents=True)
    start = time.perf_counter()
    for each in range(number):
        draft = folder / "draft" / str(each)
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder / str(each))
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    print(time.perf_counter() - start)
    shutil.rmtree(folder)


def rates(bench: Bench, objects: dict[str, Path], turns: int) -> None:
    """Print the rates of all three and their ratios."""
    for name, path in objects.items():
        for associations in (1, 4):
            best = _best(bench, path, associations, turns)
            ours = best["Kerma"]
            print(f"{name}, {associations} association{'s' * (associations > 1)}:")
            for server, took in best.items():
                cpu = f" ({took.cpu_ms:.2f} ms CPU)" if took.cpu_ms else ""
                ratio = f"; Kerma {ours.rate / took.rate:.2f} times" if took is not ours else ""
                print(f"  {server}: {took.rate:.0f}/s{cpu}{ratio}", flush=True)


def _best(bench: Bench, path: Path, associations: int, turns: int) -> dict[str, Took]:
    """Return the best turn of each."""
    servers = (kerma, orthanc, partial(orthanc, nodelay=True))
    found: dict[str, list[Took]] = {}
    for _ in range(turns):
        for start in servers:
            with start(bench.folder) as server:
                bench.send(server, path, 1, 20)
                took = bench.send(server, path, associations, bench.objects)
            found.setdefault(server.name, []).append(took)
        plain = bench.plain(path, associations, bench.objects)
        found.setdefault("plain loop", []).append(plain)
    return {name: max(took, key=lambda one: one.rate) for name, took in found.items()}


def stock(bench: Bench, objects: dict[str, Path]) -> None:
    """Print what an unmodified `storescu` takes."""
    for name, path in objects.items():
        copies = bench.folder / f"copies-{name.partition(' ')[0]}"
        copies.mkdir()
        data = path.read_bytes()
        for number in range(200):
            (copies / f"{number}.dcm").write_bytes(data.replace(SERIAL, b"%012d" % number))
        with kerma(bench.folder) as server:
            took = [_storescu(server, copies) for _ in range(3)]
        print(f"{name}, unmodified storescu: {min(took) / 200 * 1e3:.1f} ms an object (aim 15)")


def _storescu(server: Server, copies: Path) -> float:
    start = time.perf_counter()
    command = ["storescu", "+sd", "localhost", str(server.port), str(copies)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def memory(bench: Bench, objects: dict[str, Path], many: int) -> None:
    """Print how the memory of the receiver goes over many objects."""
    path = next(iter(objects.values()))
    with kerma(bench.folder) as server:
        sizes = []
        for _ in range(10):
            bench.send(server, path, 4, many // 10)
            sizes.append(server.resident_mb())
    print(f"memory after each tenth of {many} objects: {', '.join(f'{s:.1f}' for s in sizes)} MB")


def main() -> None:
    """Run the parts."""
    if sys.argv[1:2] == ["--loop"]:
        loop(int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=300)
    parser.add_argument("--many", type=int, default=5000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--part", action="append", choices=PARTS, help="default: all")
    args = parser.parse_args()
    parts = args.part or PARTS
    folder = Path(tempfile.mkdtemp(prefix="kerma-bench-"))
    try:
        objects = {}
        for made in (report(), image()):
            data = to_bytes(made)
            kind = "report" if "PixelData" not in made else "image"
            path = folder / f"{kind}.dcm"
            path.write_bytes(data)
            objects[f"{kind} of {len(data) / 1000:.0f} kB"] = path
        bench = Bench(folder, args.objects)
        if "rates" in parts:
            rates(bench, objects, args.turns)
        if "stock" in parts:
            stock(bench, objects)
        if "memory" in parts:
            memory(bench, objects, args.many)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
