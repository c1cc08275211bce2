"""How long after the answer to a C-STORE a study is on the list page, on SQLite.

    python bench/latency.py [--rate 10] [--seconds 60]

Starts `kerma run` on an empty data folder, sends that many CT reports a second over one
association, each a study of its own, and asks for the list of CT studies over HTTP ten times a
second, as a user who is logged in. A study counts as visible when the page is there that names it.
"""

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from io import BytesIO

import requests
from pydicom import Dataset, dcmread
from pynetdicom import AE

from kerma.dicom.write import code, container, document, num, to_bytes, uidref

_KERMA = (sys.executable, "-c", "from kerma.cli.main import main; main()")
_CT = ("77477000", "SCT", "Computed Tomography X-Ray")
_TITLE = ("113701", "DCM", "X-Ray Radiation Dose Report")
_PASSWORD = "bench-of-latency"
_EXPLICIT = "1.2.840.10008.1.2.1"


def report(number: int) -> Dataset:
    """Return a CT report whose study is described by its number."""
    content = container(
        _TITLE,
        code(("121058", "DCM", "Procedure reported"), _CT),
        container(
            ("113819", "DCM", "CT Acquisition"),
            uidref(("113769", "DCM", "Irradiation Event UID"), f"1.2.3.5.{number}"),
            container(("113829", "DCM", "CT Dose"), num(("113838", "DCM", "DLP"), 10.0, "mGy.cm")),
        ),
        template="10011",
    )
    minutes, seconds = divmod(number, 60)
    made = document(
        content,
        StudyInstanceUID=f"1.2.3.{number}",
        SOPInstanceUID=f"1.2.4.{number}",
        Modality="SR",
        Manufacturer="ACME",
        StudyDescription=f"No {number:06d} of the bench",
        StudyDate="20260101",
        StudyTime=f"{8 + minutes // 60:02d}{minutes % 60:02d}{seconds:02d}",
    )
    return dcmread(BytesIO(to_bytes(made)))


class Page(threading.Thread):
    """Asks for the list again and again; notes when each study was first on it."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._session = requests.Session()
        self.seen: dict[int, float] = {}
        self.is_over = False
        self._log_in()

    def _log_in(self) -> None:
        page = self._session.get(f"{self._address}login/").text
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        data = {"username": "bench", "password": _PASSWORD, "csrfmiddlewaretoken": token}
        self._session.post(f"{self._address}login/", data).raise_for_status()

    def run(self) -> None:
        """Ask until told that it is over."""
        while not self.is_over:
            start = time.perf_counter()
            page = self._session.get(f"{self._address}ct/").text
            now = time.perf_counter()
            for number in re.findall(r"No (\d{6}) of the bench", page):
                self.seen.setdefault(int(number), now)
            time.sleep(max(0.0, 0.1 - (now - start)))


def send(port: int, rate: float, number: int) -> dict[int, float]:
    """Send so many reports; return when each was answered with success."""
    entity = AE("BENCH")
    data_sets = [report(each) for each in range(number)]
    entity.add_requested_context(data_sets[0].SOPClassUID, _EXPLICIT)
    association = entity.associate("127.0.0.1", port, ae_title="KERMA")
    answered = {}
    start = time.perf_counter()
    for each, data_set in enumerate(data_sets):
        time.sleep(max(0.0, start + each / rate - time.perf_counter()))
        if association.send_c_store(data_set).Status != 0:
            raise SystemExit("The receiver did not answer with success.")
        answered[each] = time.perf_counter()
    association.release()
    return answered


def measured(rate: float, seconds: float) -> list[float]:
    """Return the latency of each study, in seconds."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"KERMA_HOME": home}
        subprocess.run([*_KERMA, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(
            [*_KERMA, "user", "add", "bench", "--groups", "view", "--password-stdin"],
            env=environment, check=True, input=_PASSWORD.encode(), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        kerma = subprocess.Popen(
            [*_KERMA, "run", "--port", "0", "--receive-port", str(port)],
            env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            address = next(line for line in kerma.stdout if "is ready at" in line).split()[-1]
            page = Page(address)
            page.start()
            answered = send(port, rate, round(rate * seconds))
            time.sleep(5)
            page.is_over = True
            page.join()
        finally:
            kerma.terminate()
            kerma.wait()
    missing = answered.keys() - page.seen.keys()
    if missing:
        print(f"{len(missing)} of {len(answered)} were not seen on the page in time.")
    return [page.seen[each] - answered[each] for each in answered if each in page.seen]


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=10, help="objects a second (10)")
    parser.add_argument("--seconds", type=float, default=60, help="how long (60)")
    chosen = parser.parse_args()
    found = sorted(measured(chosen.rate, chosen.seconds))
    print(
        f"{len(found)} studies: median {statistics.median(found):.2f} s, "
        f"19 of 20 within {found[len(found) * 19 // 20]:.2f} s, the slowest {found[-1]:.2f} s"
    )


if __name__ == "__main__":
    main()
