"""What a store takes, from real peers: DCMTK and pynetdicom."""

import datetime as dt
import os
import shutil
import ssl
import subprocess
import threading

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)
from pynetdicom import AE

from kerma.dicom.files import read_file
from kerma.dicom.write import to_bytes
from kerma.net.receive.association import Timeouts
from kerma.net.receive.listener import CannotListen
from kerma.pipeline import spool
from tests.net.sending import (
    ACCEPTED,
    CT_IMAGE,
    EXPLICIT,
    Raw,
    an_image,
    associated,
    command,
    pdv,
    request,
    serves,
    soon,
)

FIND = "1.2.840.10008.5.1.4.1.2.2.1"
PRIVATE_CLASS = "1.3.12.2.1107.5.9.1"
ULTRASOUND_RETIRED = "1.2.840.10008.5.1.4.1.1.6"
needs_dcmtk = pytest.mark.skipif(not shutil.which("storescu"), reason="DCMTK is not installed")


def only_one():
    (found,) = spool.waiting()
    return found


@needs_dcmtk
def test_an_object_sent_by_dcmtk_is_in_the_spool_as_it_was_sent(open_store, tmp_path):
    port = open_store().port
    path = tmp_path / "image.dcm"
    path.write_bytes(to_bytes(an_image(pixels=os.urandom(300_000))))

    subprocess.run(
        ["storescu", "-aet", "CT ROOM 1", "-aec", "ANY", "localhost", str(port), path], check=True
    )

    found = only_one()
    assert (found.came_by, found.store, found.caller) == ("receive", "KERMA", "CT ROOM 1")
    assert read_file(found.path).digest() == read_file(path).digest()
    assert pydicom.dcmread(found.path).PixelData == pydicom.dcmread(path).PixelData
    assert pydicom.dcmread(found.path).file_meta.MediaStorageSOPInstanceUID == "1.2.3.4"


@needs_dcmtk
def test_real_objects_of_many_makers_arrive_unchanged(open_store, shared_objects):
    port = open_store().port
    sent = sorted(shared_objects.glob("*.dcm"))

    subprocess.run(["dcmsend", "--no-halt", "localhost", str(port), *sent], check=True)

    digests = sorted(read_file(one.path).digest() for one in spool.waiting())
    assert digests == sorted(read_file(path).digest() for path in sent)


@pytest.mark.parametrize("sop_class", [CT_IMAGE, PRIVATE_CLASS, ULTRASOUND_RETIRED])
@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    ],
)  # fmt: skip
def test_every_class_is_taken_in_every_syntax(open_store, sop_class, syntax):
    association = associated(open_store().port, [(sop_class, syntax)])
    sent = an_image()
    sent.SOPClassUID = sop_class
    sent.file_meta = pydicom.dataset.FileMetaDataset()
    sent.file_meta.TransferSyntaxUID = syntax

    status = association.send_c_store(sent).Status
    association.release()

    assert status == 0x0000
    kept = pydicom.dcmread(only_one().path)
    assert kept.file_meta.TransferSyntaxUID == syntax
    assert (kept.SOPClassUID, kept.StudyInstanceUID) == (sop_class, "1.2.3")


def test_compressed_pixels_are_taken_as_they_are(open_store):
    association = associated(open_store().port, [(CT_IMAGE, JPEGBaseline8Bit)])
    sent = an_image(pixels=pydicom.encaps.encapsulate([b"\xff\xd8 not looked at \xff\xd9"]))
    sent["PixelData"].is_undefined_length = True
    sent.file_meta = pydicom.dataset.FileMetaDataset()
    sent.file_meta.TransferSyntaxUID = JPEGBaseline8Bit

    assert association.send_c_store(sent).Status == 0x0000
    association.release()

    kept = pydicom.dcmread(only_one().path)
    assert kept.file_meta.TransferSyntaxUID == JPEGBaseline8Bit
    assert kept.PixelData == sent.PixelData


def test_what_is_not_storage_and_what_is_no_transfer_syntax_is_not_agreed_to(open_store):
    ae = AE()
    ae.add_requested_context(FIND)
    ae.add_requested_context(CT_IMAGE, "1.2.3.4.5")
    ae.add_requested_context(CT_IMAGE, ["1.2.3.4.5", ExplicitVRLittleEndian])

    association = ae.associate("127.0.0.1", open_store().port)

    assert [cx.result for cx in association.rejected_contexts] == [3, 4]  # PS3.8 table 9-18
    assert [cx.transfer_syntax for cx in association.accepted_contexts] == [
        [ExplicitVRLittleEndian]
    ]
    association.release()


def test_many_objects_on_one_association_and_several_associations_at_once(open_store):
    port = open_store().port

    def send(first):
        association = associated(port)
        for number in range(25):
            sent = an_image(f"1.2.3.{first}.{number}")
            sent.file_meta = pydicom.dataset.FileMetaDataset()
            sent.file_meta.TransferSyntaxUID = EXPLICIT
            assert association.send_c_store(sent).Status == 0
        association.release()

    threads = [threading.Thread(target=send, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    uids = {pydicom.dcmread(one.path).SOPInstanceUID for one in spool.waiting()}
    assert uids == {f"1.2.3.{first}.{number}" for first in range(4) for number in range(25)}


def test_an_answer_comes_at_once_though_the_sender_waits_for_acknowledgements(open_store):
    """A sender without TCP_NODELAY waits up to 40 ms an object for a delayed acknowledgement."""
    peer = Raw(open_store().port)
    peer.associate()

    start = dt.datetime.now(dt.UTC)
    for _ in range(20):
        peer.send(pdv(command(), is_command=True))
        peer.send(pdv(bytes(500), is_last=False))
        peer.send(pdv(bytes(500)))
        assert peer.status()[0] == 0
    took = dt.datetime.now(dt.UTC) - start
    peer.close()

    assert took < 20 * dt.timedelta(milliseconds=35)


def test_a_value_may_be_cut_anywhere_into_fragments(open_store):
    peer = Raw(open_store().port)
    peer.associate()
    asked, data = command(), bytes(range(256)) * 5

    peer.send(pdv(asked[:7], is_command=True, is_last=False) + pdv(asked[7:], is_command=True))
    for at in range(0, len(data), 37):
        peer.send(pdv(data[at : at + 37], is_last=False))
    peer.send(pdv(b""))
    status, _ = peer.status()
    peer.close()

    assert status == 0
    assert only_one().path.read_bytes().endswith(data)


def test_two_stores_are_open_side_by_side(open_store):
    one, two = open_store(ae_title="FIRST"), open_store(name="Other", ae_title="SECOND")

    for listener in (one, two):
        peer = Raw(listener.port)
        peer.associate()
        peer.send(pdv(command(), is_command=True) + pdv(bytes(100)))
        assert peer.status()[0] == 0
        peer.close()

    assert {one.store for one in spool.waiting()} == {"FIRST", "SECOND"}


def test_a_port_in_use_is_a_sentence(open_store):
    port = open_store().port

    with pytest.raises(CannotListen, match=f"Port {port} of 127.0.0.1 cannot be had.*another pro"):
        open_store(port=port)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Make an authority, and certificates of `localhost` and of a client that it has signed."""
    folder = tmp_path_factory.mktemp("certificates")
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("authority", authority_key, None, authority_key)
    _write(folder / "authority.pem", authority)
    for name in ("localhost", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder / f"{name}.pem", _certificate(name, key, authority, authority_key))
        _write(folder / f"{name}.key", key)
    return folder


def _certificate(name, key, issuer, issuer_key):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(issuer is None, None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _write(path, thing):
    if isinstance(thing, x509.Certificate):
        path.write_bytes(thing.public_bytes(serialization.Encoding.PEM))
    else:
        path.write_bytes(
            thing.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


def _secure(open_store, folder, **changes):
    return open_store(
        tls=True, tls_certificate=str(folder / "localhost.pem"),
        tls_key=str(folder / "localhost.key"), **changes,
    )  # fmt: skip


def _encrypted(port, folder, *, shows_certificate=False):
    context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    if shows_certificate:
        context.load_cert_chain(folder / "client.pem", folder / "client.key")
    ae = AE()
    ae.add_requested_context(CT_IMAGE, EXPLICIT)
    return ae.associate("127.0.0.1", port, tls_args=(context, "localhost"))


def test_objects_come_encrypted(open_store, certificates):
    association = _encrypted(_secure(open_store, certificates).port, certificates)
    sent = an_image(pixels=os.urandom(1_000_000))
    sent.file_meta = pydicom.dataset.FileMetaDataset()
    sent.file_meta.TransferSyntaxUID = EXPLICIT

    assert association.send_c_store(sent).Status == 0
    association.release()

    assert pydicom.dcmread(only_one().path).PixelData == sent.PixelData


def test_a_client_without_certificate_is_kept_out_where_one_is_asked_for(open_store, certificates):
    authority = str(certificates / "authority.pem")
    port = _secure(open_store, certificates, tls_client_authority=authority).port

    context = ssl.create_default_context(cafile=authority)
    without = Raw(port)
    without.socket = context.wrap_socket(without.socket, server_hostname="localhost")
    with pytest.raises(OSError, match=r"certificate required|reset|EOF|Broken"):
        _ask_and_hear(without)
    without.close()
    with_one = _encrypted(port, certificates, shows_certificate=True)

    assert with_one.is_established
    with_one.release()


def _ask_and_hear(peer):
    peer.send(request())
    peer.socket.recv(1)


def test_peers_that_do_not_begin_to_encrypt_keep_nobody_else_waiting(open_store, certificates):
    port = _secure(open_store, certificates).port
    silent = [Raw(port) for _ in range(5)]

    plain = Raw(port)
    plain.send(b"\1" * 100)
    association = _encrypted(port, certificates)

    assert association.is_established
    association.release()
    for peer in [*silent, plain]:
        peer.close()


def test_a_peer_that_falls_silent_behind_its_encryption_is_left(open_store, certificates):
    listener = _secure(open_store, certificates, timeouts=Timeouts(silence_s=0.2))
    context = ssl.create_default_context(cafile=str(certificates / "authority.pem"))
    peer = Raw(listener.port)
    peer.socket = context.wrap_socket(peer.socket, server_hostname="localhost")
    assert peer.associate() == ACCEPTED

    assert soon(lambda: listener.associations == 0)
    assert peer.pdu() == (None, b"")
    peer.close()


def test_certificates_that_cannot_be_used_are_a_sentence(open_store, tmp_path):
    with pytest.raises(CannotListen, match="The TLS files of Test cannot be used"):
        open_store(tls=True, tls_certificate=str(tmp_path / "nowhere.pem"))


def test_the_log_tells_who_came_and_how_many_objects_but_no_patient(open_store, caplog):
    caplog.set_level("DEBUG")
    port = open_store().port
    association = associated(port, calling="CT ROOM 1")
    sent = an_image()
    sent.file_meta = pydicom.dataset.FileMetaDataset()
    sent.file_meta.TransferSyntaxUID = EXPLICIT
    association.send_c_store(sent)
    association.release()

    said = [r.getMessage() for r in caplog.records if r.name == "kerma.receive"]
    assert soon(lambda: any("stored 1, refused 0" in line for line in caplog.messages))
    assert any("CT ROOM 1 at 127.0.0.1 opened an association with KERMA" in line for line in said)
    assert not any("Curie" in line for line in said)


def test_an_echo_is_answered(open_store):
    assert serves(open_store().port)
