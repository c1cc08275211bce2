import datetime as dt
import threading
from io import BytesIO

import numpy as np
import pydicom
import pytest
from dicomweb_client import DICOMwebClient
from django.test import Client
from django.urls import reverse
from requests import Session

from kerma.cli import serve
from kerma.dicom.files import read_file
from kerma.dicom.write import dataset, to_bytes
from kerma.pipeline import spool
from kerma.store import tokens
from kerma.store.models import ApiToken, AuditEntry
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
STORED, FAILED, OTHERS = "00081199", "00081198", "0008119A"
REASON, INSTANCE = "00081197", "00081155"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    settings.KERMA_DISK_STOP_MB = 0


@pytest.fixture
def token():
    return tokens.make("orthanc", None)


def an_object(study="1.2.3", instance="1.2.3.4"):
    return to_bytes(
        dataset(
            SOPClassUID=CT_IMAGE, SOPInstanceUID=instance, StudyInstanceUID=study,
            SeriesInstanceUID="1.2.3.9", Modality="CT",
        )
    )  # fmt: skip


def body(*parts, kind="application/dicom"):
    each = (b"--cut\r\nContent-Type: %s\r\n\r\n%s\r\n" % (kind.encode(), part) for part in parts)
    return b"".join(each) + b"--cut--\r\n"


def send(
    token, data, address="/dicom-web/studies",
    content_type='multipart/related; type="application/dicom"; boundary=cut',
):  # fmt: skip
    return Client(enforce_csrf_checks=True).post(
        address, data, content_type=content_type, headers={"Authorization": f"Bearer {token}"}
    )


def instances(answer, sequence):
    return [item[INSTANCE]["Value"][0] for item in answer.json()[sequence]["Value"]]


def test_objects_are_in_the_spool_when_the_answer_names_them(token):
    answer = send(token, body(an_object(), an_object(instance="1.2.3.5")))

    found = list(spool.waiting())
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/dicom+json"
    assert instances(answer, STORED) == ["1.2.3.4", "1.2.3.5"]
    assert {(one.came_by, one.store) for one in found} == {("stow", "orthanc")}
    assert [one.path.read_bytes() for one in found] == [
        an_object(), an_object(instance="1.2.3.5"),
    ]  # fmt: skip


def test_a_boundary_inside_a_value_without_its_line_break_is_data(token):
    data = an_object().replace(b"\0" * 128, b"--cut--\r\r\n--cu".ljust(128, b"x"), 1)

    assert send(token, body(data)).status_code == 200
    assert next(spool.waiting()).path.read_bytes() == data


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic YTpi", "Bearer"])
def test_without_a_token_nothing_is_taken(token, header):
    answer = Client().post(
        "/dicom-web/studies", body(an_object()), headers={"Authorization": header},
        content_type='multipart/related; type="application/dicom"; boundary=cut',
    )  # fmt: skip

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert spool.count() == 0


def test_a_revoked_token_opens_nothing_any_more(token):
    tokens.revoke(ApiToken.objects.get(), None)

    assert send(token, body(an_object())).status_code == 401


def test_an_object_of_another_study_than_the_address_names_is_refused(token):
    address = "/dicom-web/studies/1.2.3"

    both = send(token, body(an_object(), an_object("9.9", "9.9.1")), address)
    one = send(token, body(an_object("9.9", "9.9.1")), address)

    assert (both.status_code, one.status_code) == (202, 409)
    assert instances(both, STORED) == ["1.2.3.4"]
    assert instances(both, FAILED) == ["9.9.1"]
    assert both.json()[FAILED]["Value"][0][REASON]["Value"] == [0x0110]
    assert spool.count() == 1


def test_what_is_no_dicom_or_cut_short_is_refused_and_leaves_nothing(token):
    answer = send(token, body(b"no DICOM", an_object()[:-3]))

    assert answer.status_code == 400
    assert [one[REASON]["Value"] for one in answer.json()[OTHERS]["Value"]] == [[0xC000]] * 2
    assert spool.count() == 0
    assert list(spool.incoming().iterdir()) == []


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/dicom", 415),
        ('multipart/related; type="application/dicom+json"; boundary=cut', 415),
        ('multipart/related; type="application/dicom"', 415),
        ('multipart/related; type="application/dicom"; boundary=other', 400),
    ],
)
def test_other_bodies_are_refused_by_the_status_of_the_standard(token, content_type, status):
    answer = send(token, body(an_object()), content_type=content_type)

    assert answer.status_code == status
    assert spool.count() == 0


def test_a_body_that_ends_within_an_object_keeps_what_was_whole(token):
    whole = body(an_object(), an_object(instance="1.2.3.5"))

    answer = send(token, whole[: -len(b"\r\n--cut--\r\n") - 9])

    assert answer.status_code == 202
    assert instances(answer, STORED) == ["1.2.3.4"]
    assert spool.count() == 1
    assert list(spool.incoming().iterdir()) == []


def test_a_disk_that_is_nearly_full_is_503_with_a_time_to_try_again(token, settings):
    settings.KERMA_DISK_STOP_MB = 10**9

    answer = send(token, body(an_object()))

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert spool.count() == 0


@pytest.fixture
def served(transactional_db):
    """Give the address of Kerma's own web server."""
    server = serve._bind("127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    server.close()
    thread.join(10)


def test_a_large_object_goes_through_the_real_server_with_dicomweb_client(served):
    session = Session()
    session.headers["Authorization"] = f"Bearer {tokens.make('pacs', None)}"
    ds = pydicom.dcmread(_image_of_30_mb())
    client = DICOMwebClient(f"{served}/dicom-web", session=session)

    answer = client.store_instances([ds], study_instance_uid="1.2.3")

    assert answer.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.4"
    kept = read_file(next(spool.waiting()).path).data_set
    assert kept.raw(0x00080018).strip(b"\0") == b"1.2.3.4"
    assert next(spool.waiting()).path.stat().st_size > 30_000_000


def _image_of_30_mb():
    pixels = np.random.default_rng(1).integers(0, 4096, (30, 1000, 500), np.uint16)
    return BytesIO(
        to_bytes(
            dataset(
                SOPClassUID=CT_IMAGE, SOPInstanceUID="1.2.3.4", StudyInstanceUID="1.2.3",
                SeriesInstanceUID="1.2.3.9", Rows=1000, Columns=500, NumberOfFrames=30,
                BitsAllocated=16, BitsStored=12, HighBit=11, PixelRepresentation=0,
                SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2",
                PixelData=pixels.tobytes(),
            )
        )
    )  # fmt: skip


def test_a_token_is_shown_once_and_known_by_its_hash_alone():
    client = client_of("admin")

    made = client.post(reverse("tokens"), {"name": "room 1"}).content.decode()
    secret = made.split('<p class="secret">')[1].split("<")[0]

    kept = ApiToken.objects.get()
    assert tokens.check(secret) == kept
    assert secret not in str(kept.__dict__)
    assert secret not in client.get(reverse("tokens")).content.decode()
    assert AuditEntry.objects.filter(action="make token", details__name="room 1").exists()


def test_a_name_stands_for_one_token():
    client = client_of("admin")
    client.post(reverse("tokens"), {"name": "room 1"})

    again = client.post(reverse("tokens"), {"name": "Room 1"}).content.decode()

    assert "There is a token of this name already." in again
    assert ApiToken.objects.count() == 1


def test_revoking_is_written_down_and_lasts():
    client = client_of("admin")
    secret = tokens.make("room 1", None)

    client.post(reverse("token-revoke", args=[ApiToken.objects.get().pk]))

    assert tokens.check(secret) is None
    assert "Revoked" in client.get(reverse("tokens")).content.decode()
    assert AuditEntry.objects.filter(action="revoke token").exists()


@pytest.mark.both_databases
def test_the_tokens_in_use_come_first():
    for name in ("b", "a", "c"):
        tokens.make(name, None)
    tokens.revoke(ApiToken.objects.get(name="a"), None)

    assert [one.name for one in tokens.all_tokens()] == ["b", "c", "a"]


@pytest.mark.both_databases
def test_when_a_token_was_used_is_known():
    tokens.check(tokens.make("room 1", None))

    used = ApiToken.objects.get().last_used_at
    assert dt.datetime.now(dt.UTC) - used < dt.timedelta(minutes=1)
