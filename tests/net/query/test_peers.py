"""Query and retrieval against the PACSes of others: DCMTK's dcmqrscp, and Orthanc by every way."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from kerma.net import queries
from kerma.net.carry_out import carry_out_query, carry_out_retrieval
from kerma.net.node.echo import echo_node
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.store.models import LocalStore, Query, QuerySeries, RemoteNode
from tests.net.faulty_pacs import instance
from tests.net.query.conftest import query_row
from tests.net.query.peers import carried_out, dcmtk_pacs, free_port, send, server
from tests.net.query.selecting import CT_IMAGE, RDSR
from tests.net.query.test_retrieve import arrived
from tests.net.spool_store import SpoolStore

pytestmark = pytest.mark.django_db

ORTHANC = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
DICOMWEB = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
MG_IMAGE = "1.2.840.10008.5.1.4.1.1.1.2"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """Write a CT study with a report, and a mammogram of two images, as files."""
    folder = tmp_path_factory.mktemp("objects")
    ct = {"SeriesDescription": "Thorax", "StudyID": "1", "AccessionNumber": "A1"}
    objects = [instance("1.2.31", "1", n, "CT", CT_IMAGE, **ct) for n in (1, 2, 3)]
    objects.append(instance("1.2.31", "2", 1, "SR", RDSR, **ct))
    objects += [instance("1.2.32", "1", n, "MG", MG_IMAGE, StudyID="2") for n in (1, 2)]
    for each in objects:
        each.save_as(folder / each.SOPInstanceUID, enforce_file_format=True)
    return folder


@pytest.fixture(scope="module")
def stores() -> Iterator[SpoolStore]:
    with SpoolStore() as found:
        yield found


@pytest.fixture
def row(stores, db) -> LocalStore:
    return LocalStore.objects.create(name="Kerma", ae_title="KERMA", port=stores.port)


@pytest.fixture(scope="module")
def dcmqrscp(files, stores, tmp_path_factory) -> Iterator[int]:
    if shutil.which("dcmqrscp") is None:
        pytest.skip("there is no DCMTK on this machine")
    with dcmtk_pacs(tmp_path_factory.mktemp("dcmqrscp"), files, stores.port) as port:
        yield port


class Orthanc:
    """A running Orthanc."""

    def __init__(self, port: int, web: str) -> None:
        self.port = port
        self.web = web


@pytest.fixture(scope="module")
def orthanc(files, stores, tmp_path_factory) -> Iterator[Orthanc]:
    if not Path(ORTHANC).exists():
        pytest.skip("there is no Orthanc on this machine")
    folder = tmp_path_factory.mktemp("orthanc")
    port, web = free_port(), free_port()
    config = {
        "StorageDirectory": str(folder / "objects"),
        "IndexDirectory": str(folder / "index"),
        "DicomPort": port,
        "DicomAet": "ORTHANC",
        "HttpPort": web,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomAlwaysAllowFind": False,
        "DicomAlwaysAllowMove": False,
        "DicomAlwaysAllowGet": False,
        "Plugins": [str(DICOMWEB)] if DICOMWEB.exists() else [],
        "DicomModalities": {
            "kerma": {
                "AET": "KERMA", "Host": "127.0.0.1", "Port": stores.port,
                "AllowFind": True, "AllowMove": True, "AllowGet": True,
            },
        },
    }  # fmt: skip
    (folder / "orthanc.json").write_text(json.dumps(config))
    with server([ORTHANC, str(folder / "orthanc.json")], port):
        send(files, port, "ORTHANC")
        yield Orthanc(port, f"http://127.0.0.1:{web}")


@pytest.mark.parametrize("way", ["move", "get"])
def test_dcmqrscp_which_says_neither_modalities_nor_classes(way, dcmqrscp, row):
    node = RemoteNode.objects.create(
        name="dcmqrscp", ae_title="PACS", address="127.0.0.1", port=dcmqrscp, way=way
    )

    query = carried_out(node, row, Wanted(modalities=("CT", "MG"), empty_sr=True))

    assert arrived() == ["1.2.31.2.1", "1.2.32.1.1", "1.2.32.1.2"]
    assert query.state == Query.State.DONE
    assert query.counts["by_modality"] == {"CT": 1, "MG": 1}
    assert "does not say the modalities" in query.log


@pytest.mark.parametrize("way", ["move", "get"])
def test_orthanc_by_dimse(way, orthanc, row):
    node = RemoteNode.objects.create(
        name="Orthanc", ae_title="ORTHANC", address="127.0.0.1", port=orthanc.port, way=way
    )

    query = carried_out(node, row, Wanted(modalities=("CT", "MG")))

    assert arrived() == ["1.2.31.2.1", "1.2.32.1.1", "1.2.32.1.2"]
    assert query.state == Query.State.DONE
    assert query.counts["by_modality"] == {"CT": 1, "MG": 1}


def test_orthanc_refuses_who_it_does_not_know(orthanc, row):
    node = RemoteNode.objects.create(
        name="Orthanc", ae_title="ORTHANC", address="127.0.0.1", port=orthanc.port,
        calling_ae_title="STRANGER",
    )  # fmt: skip
    query = query_row(node, Wanted(modalities=("CT",)), row)

    with pytest.raises(Exception, match="node"):
        carry_out_query(query.pk, Aside())

    query.refresh_from_db()
    assert query.state == Query.State.FAILED


@pytest.fixture
def web_node(orthanc, db) -> RemoteNode:
    if not DICOMWEB.exists():
        pytest.skip("Orthanc has no DICOMweb on this machine")
    with urlopen(f"{orthanc.web}/plugins") as answer:
        assert "dicom-web" in json.load(answer)
    return RemoteNode.objects.create(
        name="Orthanc", way="web", web_url=f"{orthanc.web}/dicom-web", timeout_s=20
    )


def test_orthanc_by_dicomweb(web_node):
    query = carried_out(web_node, None, Wanted(modalities=("CT", "MG")))

    assert arrived() == ["1.2.31.2.1", "1.2.32.1.1", "1.2.32.1.2"]
    assert query.state == Query.State.DONE
    assert query.counts["by_modality"] == {"CT": 1, "MG": 1}


def test_single_objects_by_dicomweb(web_node):
    query = query_row(web_node, Wanted(modalities=("CT",), toshiba=True))
    carry_out_query(query.pk, Aside())
    image = {"sop_instance_uid": "1.2.31.1.2", "kept": True}
    series = QuerySeries.objects.get(series_instance_uid="1.2.31.1")
    QuerySeries.objects.filter(pk=series.pk).update(kept=True, by_image=True)
    series.images.create(**image)
    queries.ready(query)
    carry_out_retrieval(query.pk, Aside())

    assert arrived() == ["1.2.31.1.2", "1.2.31.2.1"]


def test_dicomweb_echo(web_node):
    assert echo_node(web_node).ok


def test_a_wrong_address_of_dicomweb(web_node):
    web_node.web_url += "-nowhere"

    echo = echo_node(web_node)

    assert not echo.ok
    assert "404" in echo.sentence
