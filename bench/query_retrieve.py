"""A day of CT studies queried and retrieved, against the same requests made by DCMTK.

    python bench/query_retrieve.py [--studies N] [--images N] [--runs N] [--nodelay] [--orthanc]

DCMTK's `dcmqrscp` is the PACS, which holds at most some hundred studies, or Orthanc; `storescp` is
the store, for both. Each study has a series of
images and a dose report. Kerma queries the day, chooses the reports, and lets the PACS send them;
then `findscu` and `movescu` make the very same requests, each program over one association. Kerma
keeps its rows in an SQLite file meanwhile, as in daily use.

DCMTK leaves Nagle's algorithm on, so that most of its requests wait 40 ms for an acknowledgement;
`--nodelay` turns that off for all of its programs, the PACS among them.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCRATCH = Path(tempfile.mkdtemp(prefix="kerma-bench-"))
os.environ["KERMA_HOME"] = str(_SCRATCH / "home")
os.environ["DJANGO_SETTINGS_MODULE"] = "kerma.config.settings"
os.environ["KERMA_LOG_LEVEL"] = "ERROR"

import django

django.setup()

import datetime as dt

from django.core.management import call_command
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from kerma.net import queries
from kerma.net.ask import keys
from kerma.net.carry_out import carry_out_query, carry_out_retrieval
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.store.models import LocalStore, Query, QuerySeries, RemoteNode

DAY = dt.date(2026, 1, 2)
CT = "1.2.840.10008.5.1.4.1.1.2"
RDSR = "1.2.840.10008.5.1.4.1.1.88.67"
REPORT_BYTES = 30_000
WANTED = Wanted(modalities=("CT",), date_from=DAY, date_until=DAY, duplicates=True, empty_sr=True)
"""`dcmqrscp` does not say the class of objects, hence `empty_sr`."""


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description="Query and retrieve against DCMTK.")
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--images", type=int, default=3, help="images of each study")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--nodelay", action="store_true", help="set TCP_NODELAY for DCMTK")
    parser.add_argument("--orthanc", action="store_true", help="Orthanc as PACS")
    options = parser.parse_args()
    if options.nodelay:
        os.environ["TCP_NODELAY"] = "1"
    try:
        _compare(options.studies, options.images, options.runs, options.orthanc)
    finally:
        shutil.rmtree(_SCRATCH)


def _compare(studies: int, images: int, runs: int, orthanc: bool) -> None:
    call_command("migrate", verbosity=0)
    pacs_port, store_port = _free_port(), _free_port()
    _write_objects(studies, images)
    pacs = _orthanc(pacs_port, store_port) if orthanc else _pacs(pacs_port, store_port, studies)
    with _store(store_port), pacs:
        _fill(pacs_port)
        node = RemoteNode.objects.create(
            name="PACS", ae_title="PACS", calling_ae_title="BENCH", address="127.0.0.1",
            port=pacs_port,
        )  # fmt: skip
        store = LocalStore.objects.create(
            name="Store", ae_title="STORE", port=store_port, is_ours=False
        )
        print(f"{studies} studies of {images} images and a report each; seconds, finding + moving")
        for _ in range(runs):
            query, ours = _kerma(node, store, studies)
            theirs = _dcmtk(query, pacs_port, studies)
            print(
                f"Kerma {ours[0]:.2f} + {ours[1]:.2f}, DCMTK {theirs[0]:.2f} + {theirs[1]:.2f}: "
                f"ratio {sum(ours) / sum(theirs):.2f}"
            )


def _kerma(node: RemoteNode, store: LocalStore, studies: int) -> tuple[Query, tuple[float, float]]:
    query = queries.make(node, store, WANTED)
    _empty_store()
    start = time.perf_counter()
    carry_out_query(query.pk, Aside())
    found = time.perf_counter()
    queries.ready(query)
    carry_out_retrieval(query.pk, Aside())
    end = time.perf_counter()
    query.refresh_from_db()
    assert query.counts["retrieved"] == studies, query.log
    assert _received() == studies, _received()
    return query, (found - start, end - found)


def _dcmtk(query: Query, port: int, studies: int) -> tuple[float, float]:
    """Make the same requests with DCMTK, in the same order."""
    finds, moves = _request_files(query)
    _empty_store()
    call = ["-S", "-aet", "BENCH", "-aec", "PACS"]
    where = ["127.0.0.1", str(port)]
    start = time.perf_counter()
    _run("findscu", *call, *where, *finds)
    found = time.perf_counter()
    _run("movescu", *call, "-aem", "STORE", *where, *moves)
    end = time.perf_counter()
    assert _received() == studies, (
        _received(),
        [str(p.name) for p in (_SCRATCH / "received").iterdir()][:5],
        [
            (e.kept, e.reason, e.modality, e.series_instance_uid)
            for e in QuerySeries.objects.all()[:4]
        ],
    )
    return found - start, end - found


def _request_files(query: Query) -> tuple[list[str], list[str]]:
    """Write the requests of a query as files; return those to find and those to move."""
    folder = _SCRATCH / "requests"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    finds = [_request(folder / "study", keys.study_keys(WANTED, "CT"))]
    moves = []
    series = QuerySeries.objects.filter(study__query=query).select_related("study").order_by("pk")
    asked = set()
    for each in series:
        study, uid = each.study.study_instance_uid, each.series_instance_uid
        if study not in asked:
            asked.add(study)
            finds.append(_request(folder / f"series-{study}", keys.series_keys(study)))
        if each.modality == "SR":
            finds.append(_request(folder / f"image-{uid}", keys.image_keys(study, uid)))
        if each.kept:
            moves.append(_request(folder / f"move-{uid}", keys.fetch_keys(study, uid)))
    return finds, moves


def _request(path: Path, asked: Dataset) -> str:
    asked.file_meta = FileMetaDataset()
    asked.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    asked.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.2.2.1"
    asked.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    asked.save_as(path, enforce_file_format=True)
    return str(path)


def _write_objects(studies: int, images: int) -> None:
    folder = _SCRATCH / "objects"
    folder.mkdir()
    for study in range(1, studies + 1):
        for image in range(1, images + 1):
            _object(study, 1, image, "CT", CT).save_as(
                folder / f"{study}-1-{image}", enforce_file_format=True
            )
        report = _object(study, 2, 1, "SR", RDSR)
        report.TextValue = "x" * REPORT_BYTES
        report.save_as(folder / f"{study}-2-1", enforce_file_format=True)


def _object(study: int, series: int, number: int, modality: str, sop_class: str) -> Dataset:
    found = Dataset()
    found.SOPClassUID = sop_class
    found.StudyInstanceUID = f"1.2.3.{study}"
    found.SeriesInstanceUID = f"1.2.3.{study}.{series}"
    found.SOPInstanceUID = f"1.2.3.{study}.{series}.{number}"
    found.StudyDate = f"{DAY:%Y%m%d}"
    found.StudyTime = f"{study % 24:02}1500"
    found.Modality = modality
    found.StudyDescription = "Thorax"
    found.SeriesDescription = "Dose report" if modality == "SR" else "Body"
    found.SeriesNumber, found.InstanceNumber = series, number
    found.PatientID, found.PatientName = f"P{study}", f"Doe^{study}"
    found.StudyID, found.AccessionNumber = str(study), f"A{study}"
    found.file_meta = FileMetaDataset()
    found.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return found


@contextmanager
def _store(port: int) -> Iterator[None]:
    folder = _SCRATCH / "received"
    folder.mkdir()
    with _server(["storescp", "-aet", "STORE", "-od", str(folder), str(port)], port):
        yield


@contextmanager
def _pacs(port: int, store_port: int, studies: int) -> Iterator[None]:
    folder = _SCRATCH / "pacs"
    folder.mkdir()
    config = _SCRATCH / "dcmqrscp.cfg"
    config.write_text(
        f"""NetworkTCPPort = {port}
MaxPDUSize = 131072
MaxAssociations = 16
HostTable BEGIN
store = (STORE, 127.0.0.1, {store_port})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
PACS {folder} RW ({studies + 10}, 4096mb) ANY
AETable END
"""
    )
    with _server(["dcmqrscp", "-c", str(config)], port):
        yield


@contextmanager
def _orthanc(port: int, store_port: int) -> Iterator[None]:
    known = {"AET": "BENCH", "Host": "127.0.0.1", "Port": store_port}
    config = {
        "StorageDirectory": str(_SCRATCH / "orthanc"),
        "IndexDirectory": str(_SCRATCH / "orthanc"),
        "DicomPort": port,
        "DicomAet": "PACS",
        "HttpServerEnabled": False,
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowMove": True,
        "DicomModalities": {"bench": known, "store": known | {"AET": "STORE"}},
    }
    (_SCRATCH / "orthanc.json").write_text(json.dumps(config))
    with _server(
        [shutil.which("Orthanc") or "/usr/sbin/Orthanc", str(_SCRATCH / "orthanc.json")], port
    ):
        yield


def _fill(port: int) -> None:
    where = ["127.0.0.1", str(port)]
    _run("dcmsend", "-aec", "PACS", "-nh", "+sd", *where, str(_SCRATCH / "objects"))


@contextmanager
def _server(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"Nothing listens on port {port}.")


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def _empty_store() -> None:
    for path in (_SCRATCH / "received").iterdir():
        path.unlink()


def _received() -> int:
    return sum(1 for _ in (_SCRATCH / "received").iterdir())


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main()
