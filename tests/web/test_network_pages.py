"""Stores and nodes: their lists, live status, rules of every field, secrets, deletion."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from kerma.store.models import AuditEntry, LocalStore, Query, RemoteNode, Schedule
from kerma.store.sealing import unseal_text
from tests.net.faulty_pacs import FaultyPacs
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

STORE = {
    "name": "Dose store", "ae_title": "KERMA", "port": "11112", "enabled": "on",
    "is_ours": "True", "any_called_title": "on", "max_associations": "50", "max_object_mb": "4096",
}  # fmt: skip
NODE = {
    "name": "PACS", "way": "move", "ae_title": "BIGPACS", "calling_ae_title": "KERMA",
    "port": "104", "address": "192.0.2.100", "delay_s": "0.5", "timeout_s": "60",
}  # fmt: skip


@pytest.fixture
def client():
    return client_of("admin")


def text(answer):
    return answer.content.decode()


def errors(answer):
    """Return the sentences at the fields that cannot be used."""
    return re.findall(r'<span class="error" role="alert"><svg.*?</svg>(.*?)</span>', text(answer))


def test_a_store_is_added_listed_with_its_database_id_and_audited(client):
    assert client.post("/network/store/add/", STORE)["Location"] == "/network/"

    store = LocalStore.objects.get()
    assert (store.name, store.ae_title, store.port, store.is_ours) == (
        "Dose store", "KERMA", 11112, True,
    )  # fmt: skip
    page = text(client.get("/network/"))
    assert f'data-label="Database id">{store.pk}</td>' in page
    assert f'hx-get="/network/store/{store.pk}/echo/"' in page
    assert AuditEntry.objects.get().action == "add store"


def test_a_node_keeps_its_database_id_when_it_is_changed(client):
    client.post("/network/node/add/", NODE)
    number = RemoteNode.objects.get().pk

    client.post(f"/network/node/{number}/", NODE | {"name": "New PACS", "delay_s": "2"})

    node = RemoteNode.objects.get()
    assert (node.pk, node.name, node.delay_s) == (number, "New PACS", 2.0)
    entry = AuditEntry.objects.get(action="change node")
    assert entry.details["changes"] == {"name": ["PACS", "New PACS"], "delay_s": [0.5, 2.0]}


def test_a_number_given_up_is_given_to_no_other(client):
    client.post("/network/node/add/", NODE)
    first = RemoteNode.objects.get().pk
    client.post(f"/network/node/{first}/delete/")

    client.post("/network/node/add/", NODE)

    assert RemoteNode.objects.get().pk > first


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("", "This field is required."),
        ("SEVENTEENLETTERS1", "at most 16 characters, this one has 17"),
        ("A\\B", "no backslash"),
        ("A\tB", "no backslash"),
        ("CAFÉ", "no backslash"),
        (" KERMA", "no spaces at its begin or end"),
        ("KERMA ", "no spaces at its begin or end"),
    ],
)
def test_ae_titles_that_the_standard_forbids_are_refused(client, title, reason):
    """PS3.5 6.2: 16 characters of the default repertoire, no backslash, no control characters."""
    answer = client.post("/network/store/add/", STORE | {"ae_title": title})

    assert reason in errors(answer)[0]
    assert not LocalStore.objects.exists()


@pytest.mark.parametrize("title", ["A", "SIXTEENLETTERS16", "ct-1 room_2", "#1"])
def test_ae_titles_that_the_standard_allows_are_taken(client, title):
    client.post("/network/store/add/", STORE | {"ae_title": title})

    assert LocalStore.objects.get().ae_title == title


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("port", "0", "greater than or equal to 1"),
        ("port", "65536", "less than or equal to 65535"),
        ("port", "x", "Enter a whole number"),
        ("address", "here", "“here” is no IP address"),
        ("calling_addresses", "192.0.2.0/24, 192.0.2.300", "“192.0.2.300” is no address"),
        ("calling_titles", "CT1, A\\B", "no backslash"),
        ("tls_certificate", "/nowhere/cert.pem", "cannot be read: no such file"),
        ("tls_certificate", "cert.pem", "Write the whole path"),
        ("tls", "on", "With TLS, the store needs this file."),
    ],
)
def test_what_a_store_cannot_be_is_told_at_its_field(client, field, value, reason):
    answer = client.post("/network/store/add/", STORE | {field: value})

    assert any(reason in one for one in errors(answer))
    assert not LocalStore.objects.exists()


def test_two_stores_share_neither_name_nor_port(client):
    client.post("/network/store/add/", STORE)

    answer = client.post("/network/store/add/", STORE | {"name": "dose STORE"})

    assert errors(answer) == [
        "This name is taken. Choose another one.",
        "The store “Dose store” has this port already.",
    ]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ae_title": ""}, "The node needs its AE title."),
        ({"calling_ae_title": ""}, "Kerma needs an AE title to ask by."),
        ({"address": ""}, "The node needs a host name or an address."),
        ({"host_name": "no name"}, "This is no host name."),
        ({"way": "web"}, "DICOMweb needs the address of the web services."),
        ({"way": "web", "web_url": "ftp:/x"}, "Enter a valid URL."),
        ({"delay_s": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_a_node_cannot_be_is_told_at_its_field(client, changed, reason):
    answer = client.post("/network/node/add/", NODE | changed)

    assert any(reason in one for one in errors(answer))
    assert not RemoteNode.objects.exists()


def test_a_node_of_dicomweb_needs_no_dicom(client):
    given = {
        "name": "Cloud", "way": "web", "web_url": "https://pacs.example/dicom-web",
        "delay_s": "0", "timeout_s": "30",
    }  # fmt: skip

    client.post("/network/node/add/", given)

    assert RemoteNode.objects.get().web_url == "https://pacs.example/dicom-web"


def test_passwords_are_sealed_never_shown_kept_when_empty_and_forgotten_when_told(client):
    web = NODE | {"way": "web", "web_url": "https://pacs.example/dicom-web"}
    client.post("/network/node/add/", web | {"web_user": "kerma", "web_password": " correct horse"})
    node = RemoteNode.objects.get()
    address = f"/network/node/{node.pk}/"

    assert "correct horse" not in node.web_password
    assert unseal_text(node.web_password) == " correct horse"
    assert "correct horse" not in text(client.get(address))
    assert node.web_password not in text(client.get(address))

    client.post(address, web)
    node.refresh_from_db()
    assert unseal_text(node.web_password) == " correct horse"

    client.post(address, web | {"forget_password": "on"})
    node.refresh_from_db()
    assert node.web_password == ""
    assert not any("correct horse" in str(entry.details) for entry in AuditEntry.objects.all())


def test_a_password_entered_for_one_host_is_not_sent_to_another(client):
    web = NODE | {"way": "web", "web_url": "https://pacs.example/dicom-web"}
    client.post("/network/node/add/", web | {"web_password": "correct horse"})
    address = f"/network/node/{RemoteNode.objects.get().pk}/"

    client.post(address, web | {"web_url": "https://pacs.example/other-path"})
    assert unseal_text(RemoteNode.objects.get().web_password) == "correct horse"

    client.post(address, web | {"web_url": "https://elsewhere.example/dicom-web"})
    assert RemoteNode.objects.get().web_password == ""


def test_deleting_says_first_what_hangs_on_it(client):
    client.post("/network/node/add/", NODE)
    client.post("/network/store/add/", STORE)
    node, store = RemoteNode.objects.get(), LocalStore.objects.get()
    Schedule.objects.create(name="Nightly", node=node, store=store)
    Query.objects.create(node=node, node_name=node.name, store=store)

    page = text(client.get(f"/network/node/{node.pk}/delete/"))
    assert "1 schedule would be deleted with it" in page
    assert "1 query would stay in the summary" in page
    assert "1 schedule would have no store" in text(
        client.get(f"/network/store/{store.pk}/delete/")
    )

    client.post(f"/network/node/{node.pk}/delete/")
    assert not Schedule.objects.exists()
    query = Query.objects.get()
    assert (query.node, query.node_name) == (None, "PACS")


def test_the_status_of_a_node_that_answers_is_shown_and_remembered(client):
    with FaultyPacs([]) as pacs:
        node = RemoteNode.objects.create(
            name="PACS", ae_title="PACS", address="127.0.0.1", port=pacs.port
        )
        status = text(client.get(f"/network/node/{node.pk}/echo/"))

    assert "Answers" in status
    assert re.search(r"in \d+ ms", status)
    node.refresh_from_db()
    assert timezone.now() - node.seen_at < dt.timedelta(minutes=1)


@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket")  # pynetdicom leaves it open
def test_the_status_of_a_node_that_does_not_answer_says_why_and_when_it_last_did(client):
    node = RemoteNode.objects.create(
        name="PACS", ae_title="PACS", address="127.0.0.1", port=1,
        seen_at=timezone.now() - dt.timedelta(days=3),
    )  # fmt: skip

    status = text(client.get(f"/network/node/{node.pk}/echo/"))

    assert "the connection was refused" in status
    assert "Last seen" in status
    assert "3 days ago" in status


def test_a_host_name_that_cannot_be_resolved_is_told_as_such(client):
    node = RemoteNode.objects.create(name="PACS", ae_title="PACS", host_name="pacs.invalid")

    assert "cannot be resolved" in text(client.get(f"/network/node/{node.pk}/echo/"))


def test_a_store_that_is_switched_off_is_not_asked(client):
    store = LocalStore.objects.create(name="Off", ae_title="OFF", port=1, enabled=False)

    assert "Switched off" in text(client.get(f"/network/store/{store.pk}/echo/"))


def test_a_site_without_stores_and_nodes_is_told_what_to_do(client):
    page = text(client.get("/network/"))

    assert "No store yet" in page
    assert "No node yet" in page
