"""The whole walk in a browser, against a running Kerma and a real Orthanc as PACS."""

import datetime as dt
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydicom import Dataset

from kerma.dicom.write import to_bytes
from tests.conftest import watch
from tests.dicom.objects import image, report

ORTHANC = Path("/usr/sbin/Orthanc")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not ORTHANC.exists(), reason="there is no Orthanc on this machine"),
    pytest.mark.skipif(sys.platform != "linux", reason="Kerma's processes are started by forks"),
]

KERMA = [sys.executable, "-c", "from kerma.cli.main import main; main()"]
CT, RF, DX = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("2", "12.2", "1.1"))
YESTERDAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
DATE = f"{YESTERDAY:%Y%m%d}"
PASSWORD = "lovelace-1815"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(condition, seconds=30.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.1)


def listens(port):
    with socket.socket() as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


def an_image(study, series, number, modality, sop_class, description):
    return image(
        SOPClassUID=sop_class, StudyInstanceUID=study, SeriesInstanceUID=f"{study}.{series}",
        SOPInstanceUID=f"{study}.{series}.{number}", Modality=modality, StudyDate=DATE,
        StudyTime="080000", StudyDescription=description, SeriesDescription="Axial",
        PatientName="Doe^Jane", PatientID="00042", SeriesNumber=series, InstanceNumber=number,
    )  # fmt: skip


def hospital() -> list[Dataset]:
    """Return a CT study with report and images, and a fluoroscopy without report."""
    a_report = report(
        StudyInstanceUID="1.2.8.1", SeriesInstanceUID="1.2.8.1.9", SOPInstanceUID="1.2.8.1.9.1",
        StudyDate=DATE, StudyTime="080000", StudyDescription="Thorax", Manufacturer="ACME",
        SeriesDescription="Dose Report", SeriesNumber=9, PatientID="00042",
    )  # fmt: skip
    slices = [an_image("1.2.8.1", 1, n, "CT", CT, "Thorax") for n in (1, 2)]
    return [a_report, *slices, an_image("1.2.8.2", 1, 1, "RF", RF, "Swallow")]


@pytest.fixture
def store_port():
    return free_port()


@pytest.fixture
def orthanc(tmp_path, store_port):
    """Run an Orthanc that holds the hospital and knows Kerma's store; gives its port."""
    port, web = free_port(), free_port()
    folder = tmp_path / "orthanc"
    folder.mkdir()
    configuration = folder / "orthanc.json"
    configuration.write_text(json.dumps({
        "StorageDirectory": str(folder / "db"), "IndexDirectory": str(folder / "db"),
        "DicomAet": "BIGPACS", "DicomPort": port, "HttpPort": web, "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomModalities": {
            "kerma": {"AET": "ASKER", "Host": "127.0.0.1", "Port": store_port},
            "store": {"AET": "DOSE", "Host": "127.0.0.1", "Port": store_port},
        },
    }))  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([ORTHANC, configuration], stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: listens(port) and listens(web))
        fill(folder, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def fill(folder, port):
    for number, each in enumerate(hospital()):
        (folder / f"{number}.dcm").write_bytes(to_bytes(each))
    files = sorted(folder.glob("*.dcm"))
    subprocess.run(
        ["storescu", "-R", "127.0.0.1", str(port), *files],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip


@pytest.fixture
def kerma(tmp_path):
    """Run Kerma as a small site does; gives the address of its pages."""
    environment = {key: value for key, value in os.environ.items() if key[:6] != "KERMA_"}
    environment |= {
        "KERMA_HOME": str(tmp_path / "home"),
        "KERMA_DISK_FREE_GB": "0",
        "KERMA_DISK_STOP_MB": "0",
    }
    subprocess.run(
        [*KERMA, "user", "add", "ada", "--groups", "view,import-qr,admin", "--password-stdin"],
        env=environment, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True,
    )  # fmt: skip
    command = [*KERMA, "run", "--port", "0", "--receive-port", "0"]
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            said = re.compile(r"Kerma is ready at (\S+)/")
            wait_for(lambda: said.search((tmp_path / "log").read_text()))
            yield said.search((tmp_path / "log").read_text())[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=40)


@pytest.fixture
def page(browser, kerma):
    found = browser.new_page(base_url=kerma)
    faults = watch(found)
    found.goto("/login/")
    found.fill("[name=username]", "ada")
    found.fill("[name=password]", PASSWORD)
    found.click("main button")
    found.wait_for_selector("h1")
    yield found
    found.close()
    assert not faults, "\n".join(faults)


def test_from_an_empty_site_to_dose_with_reasons_a_proof_and_a_schedule(page, orthanc, store_port):
    page.goto("/network/store/add/")
    page.fill("[name=name]", "Dose store")
    page.fill("[name=ae_title]", "DOSE")
    page.fill("[name=port]", str(store_port))
    page.click("text=Add store")
    page.goto("/network/node/add/")
    page.fill("[name=name]", "Big PACS")
    page.fill("[name=ae_title]", "BIGPACS")
    page.fill("[name=calling_ae_title]", "ASKER")
    page.fill("[name=address]", "127.0.0.1")
    page.fill("[name=port]", str(orthanc))
    page.click("text=Add node")
    for name in ("Dose store", "Big PACS"):
        page.wait_for_selector(f"tr:has-text('{name}') >> text=Answers")

    page.goto("/query/")
    page.wait_for_selector("li:has-text('Big PACS') >> text=Answers")
    page.select_option("[name=store]", label=f"Dose store (DOSE:{store_port})")
    page.check("[value=CT]")
    page.check("[value=RF]")
    page.click(".save >> text=Query")

    page.wait_for_selector("text=Ready to retrieve")
    address = page.url
    dropped = page.locator("tr:has-text('Swallow')")
    assert "Dropped" in dropped.inner_text()
    assert page.locator("tr:has-text('Swallow') .state + .sub").inner_text()
    page.click("text=Retrieve 1 study")
    page.wait_for_selector("tr:has-text('Thorax') >> text=Fetched")
    page.wait_for_selector(".state.ok:has-text('Done')")

    page.click("tr:has-text('Thorax') a.main")
    page.wait_for_selector("h2:has-text('What became of the objects')")
    study = page.url
    series = page.locator("[aria-labelledby=series] tbody tr")
    assert series.filter(has_text="Dose Report").filter(has_text="Kept").count() == 1
    assert series.filter(has_text="Axial").filter(has_text="Dropped").count() == 1

    def imported():
        page.goto(study)
        return page.locator("[aria-labelledby=outcomes] >> text=Imported").count() == 1

    wait_for(imported)
    page.click("[aria-labelledby=verdict] a:has-text('CT study')")
    page.wait_for_selector("h1:has-text('Thorax')")

    page.goto("/completeness/")
    page.fill("[name=first]", str(YESTERDAY))
    page.fill("[name=last]", str(YESTERDAY))
    page.click("main button.primary")
    page.wait_for_selector(".state.ok:has-text('Complete')")
    page.click("text=Nothing to store 1")
    page.wait_for_selector("tr:has-text('Swallow')")

    page.goto(address)
    page.click("text=Make a schedule")
    page.fill("[name=name]", "Always")
    page.click("button:text-is('Always')")
    page.wait_for_selector("footer:has-text('Runs at any hour. The next run is now.')")
    page.click("text=Add schedule")
    page.goto("/queries/?by=schedules")

    def stored_already():
        page.reload()
        return page.locator("tr:has-text('Always') .state.ok").count() == 1

    wait_for(stored_already, 40)
    page.click("tr:has-text('Always') a.main")
    page.wait_for_selector("tr:has-text('Thorax') >> text=already")
