"""Peers that break the rules: each gets a clear answer, nothing half is left, service goes on."""

import os
import resource
import struct
import threading
from contextlib import contextmanager

import pydicom
import pytest

from kerma.net.receive.association import Timeouts
from kerma.net.receive.listener import CannotListen
from kerma.pipeline import spool
from tests.net.sending import (
    ABORTED,
    ACCEPTED,
    CT_IMAGE,
    EXPLICIT,
    REJECTED,
    Raw,
    an_image,
    associated,
    command,
    pdv,
    request,
    serves,
    soon,
)

MB = 1024 * 1024
NO_DATA_SET = 0x0101


def answer(port, **titles):
    """Return what a request for an association is answered with, and its content."""
    peer = Raw(port)
    peer.send(request(**titles))
    found = peer.pdu()
    peer.close()
    return found


def is_let_in(port, **titles):
    return answer(port, **titles)[0] == ACCEPTED


def nothing_is_left():
    return spool.count() == 0 and list(spool.incoming().iterdir()) == []


def store(peer, data, **asked):
    peer.send(pdv(command(**asked), is_command=True))
    for at in range(0, len(data), 100_000):
        piece = data[at : at + 100_000]
        peer.send(pdv(piece, is_last=at + 100_000 >= len(data)))
    return peer.status()


def test_a_wrong_called_title_is_rejected_where_it_matters(open_store):
    strict = open_store(any_called_title=False).port

    assert answer(strict, called="OTHER") == (REJECTED, b"\0\1\1\7")
    assert is_let_in(strict, called="KERMA")
    assert is_let_in(open_store(name="Lax").port, called="OTHER")


def test_a_stranger_is_rejected_where_senders_are_listed(open_store):
    port = open_store(calling_titles=("CT1", "CT2")).port

    assert answer(port, calling="CT3") == (REJECTED, b"\0\1\1\3")
    assert is_let_in(port, calling="CT2")


@pytest.mark.parametrize(
    ("networks", "is_welcome"),
    [(("127.0.0.0/8",), True), (("192.0.2.1", "127.0.0.1"), True), (("192.0.2.0/24",), False)],
)
def test_only_the_listed_addresses_may_send(open_store, networks, is_welcome):
    for address in ("127.0.0.1", ""):  # the second listens on IPv6 too
        port = open_store(name=f"at {address}", address=address, calling_addresses=networks).port
        assert is_let_in(port) == is_welcome


def test_what_is_no_network_is_a_sentence(open_store):
    with pytest.raises(CannotListen, match="neither an address nor a network"):
        open_store(calling_addresses=("CT room",))


def test_two_hundred_associations_at_once_get_as_many_as_allowed_and_the_others_are_told(
    open_store,
):
    port = open_store(max_associations=5).port
    peers = [Raw(port) for _ in range(200)]
    answers = []

    def ask(peer):
        peer.send(request())
        answers.append(peer.pdu())

    threads = [threading.Thread(target=ask, args=(peer,)) for peer in peers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kinds = [kind for kind, _ in answers]
    assert (kinds.count(ACCEPTED), kinds.count(REJECTED)) == (5, 195)
    assert {content for kind, content in answers if kind == REJECTED} == {b"\0\2\3\2"}
    for peer in peers:
        peer.close()
    assert soon(lambda: serves(port))


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\nHost: kerma\r\n\r\n",
        os.urandom(2000),
        b"\1\0\xff\xff\xff\xff" + bytes(1000),
        b"\1\0\0\0\0\x44" + bytes(68),
        b"\1\0\0\0\0\x60" + request()[6:74] + b"\x10\0\xff\xff" + bytes(24),
        pdv(command(), is_command=True),
        b"\5\0\0\0\0\4\0\0\0\0",
    ],
    ids=["http", "random", "4-gb", "no-titles", "broken-item", "data-first", "release-first"],
)
def test_what_is_no_request_for_an_association_is_aborted(open_store, garbage, caplog):
    port = open_store().port
    peer = Raw(port)

    peer.send(garbage)

    assert peer.pdu()[0] in {ABORTED, None}
    peer.close()
    assert serves(port)
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x99\0\0\0\0\4abcd",
        request(),
        struct.pack(">BxIIBB", 4, 100, 4000, 1, 3) + bytes(94),
        struct.pack(">BxI", 4, 3) + b"abc",
        struct.pack(">BxIIBB", 4, 6, 1, 1, 3),
        pdv(b"no command set at all", is_command=True),
        pdv(command()[:-3], is_command=True),
        pdv(bytes(70_000), is_command=True, is_last=False),
        pdv(command(), is_command=True, context=3),
        pdv(command(kind=0x8001), is_command=True),
        pdv(b"a data set that nobody announced"),
        pdv(command(), is_command=True) + pdv(bytes(50), is_last=False)
        + pdv(command(), is_command=True),
        pdv(command(), is_command=True) + pdv(bytes(50), context=3),
    ],
    ids=[
        "unknown-pdu", "second-request", "too-long-value", "short-pdu", "short-value",
        "no-command", "cut-command", "long-command", "other-context", "response", "no-command-yet",
        "command-within", "data-of-other-context",
    ],
)  # fmt: skip
def test_garbage_within_an_association_aborts_it_and_leaves_nothing(open_store, garbage, caplog):
    port = open_store().port
    peer = Raw(port)
    assert peer.associate() == ACCEPTED

    peer.send(garbage)

    assert peer.pdu()[0] == ABORTED
    peer.close()
    assert soon(nothing_is_left)
    assert serves(port)
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("begun", [b"", request()[:50]], ids=["nothing", "half-a-request"])
def test_a_connection_that_asks_for_nothing_is_closed(open_store, begun):
    listener = open_store(Timeouts(request_s=0.2))
    peer = Raw(listener.port)
    peer.send(begun)

    assert peer.pdu() == (None, b"")
    peer.close()


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        pdv(command(), is_command=True) + pdv(bytes(5000), is_last=False),
        pdv(command(), is_command=True)[:20],
    ],
    ids=["between-objects", "within-an-object", "within-a-pdu"],
)
def test_an_association_that_falls_silent_ends_and_makes_room_for_another(open_store, begun):
    listener = open_store(Timeouts(silence_s=0.2), max_associations=1)
    silent = Raw(listener.port)
    assert silent.associate() == ACCEPTED
    silent.send(begun)

    assert soon(lambda: listener.associations == 0)
    assert nothing_is_left()
    assert serves(listener.port)
    silent.close()


def test_a_sender_that_stops_within_an_object_leaves_nothing(open_store):
    listener = open_store()
    peer = Raw(listener.port)
    peer.associate()
    peer.send(pdv(command(), is_command=True) + pdv(bytes(100_000), is_last=False))
    assert soon(lambda: any(spool.incoming().iterdir()))

    peer.close()

    assert soon(nothing_is_left)
    assert serves(listener.port)


def test_an_object_over_the_limit_is_refused_and_the_next_one_taken(open_store):
    peer = Raw(open_store(max_object_mb=1).port)
    peer.associate()

    too_large, said = store(peer, bytes(3 * MB))
    left = list(spool.incoming().iterdir())
    small, _ = store(peer, bytes(1000))
    peer.close()

    assert (too_large, small) == (0xA700, 0)
    assert b"larger than the 1 MB" in said
    assert left == []
    assert spool.count() == 1


def test_a_disk_that_is_nearly_full_refuses_until_there_is_room(open_store, settings):
    port = open_store().port
    peer = Raw(port)
    peer.associate()

    settings.KERMA_DISK_STOP_MB = 10**9
    full, said = store(peer, bytes(1000))
    settings.KERMA_DISK_STOP_MB = 0
    good, _ = store(peer, bytes(1000))
    peer.close()

    assert (full, good) == (0xA700, 0)
    assert b"No room" in said
    assert spool.count() == 1


@contextmanager
def no_file_larger_than(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_the_system_refuses_is_out_of_resources_and_leaves_nothing(open_store):
    peer = Raw(open_store().port)
    peer.associate()

    with no_file_larger_than(500_000):
        refused, _ = store(peer, bytes(800_000))
    left = nothing_is_left()
    taken, _ = store(peer, bytes(800_000))
    peer.close()

    assert (refused, left, taken) == (0xA700, True, 0)


@pytest.mark.parametrize(
    ("asked", "data", "status"),
    [
        ({"data_set": NO_DATA_SET}, None, 0xC000),
        ({}, b"", 0xC000),
        ({"instance": b""}, b"x" * 100, 0x0117),
        ({"instance": b"../../etc/passwd"}, b"x" * 100, 0x0117),
        ({"instance": b"1." * 40}, b"x" * 100, 0x0117),
        ({"sop_class": "1.2.840.10008.5.1.4.1.2.2.1"}, b"x" * 100, 0x0122),
        ({"sop_class": "1.2.840.10008.1.1"}, b"x" * 100, 0x0122),
        ({"kind": 0x0020}, b"x" * 100, 0x0211),
        ({"kind": 0x0140, "data_set": NO_DATA_SET}, None, 0x0211),
    ],
    ids=[
        "no-data-set", "empty-data-set", "no-uid", "path-for-uid", "long-uid", "query-class",
        "verification-class", "c-find", "n-create",
    ],
)  # fmt: skip
def test_what_cannot_be_stored_gets_the_status_of_the_standard(open_store, asked, data, status):
    peer = Raw(open_store().port)
    peer.associate()

    peer.send(pdv(command(**asked), is_command=True) + (pdv(data) if data is not None else b""))
    answered, _ = peer.status()
    good, _ = store(peer, bytes(100))
    peer.close()

    assert (answered, good) == (status, 0)
    assert spool.count() == 1


def test_a_cancel_of_what_is_not_done_is_not_answered(open_store):
    peer = Raw(open_store().port)
    peer.associate()

    peer.send(pdv(command(kind=0x0FFF, data_set=NO_DATA_SET), is_command=True))
    status, answer = store(peer, bytes(100))
    peer.close()

    assert status == 0
    assert b"\0\0\0\1\2\0\0\0\1\x80" in answer  # (0000,0100) is C-STORE-RSP


def test_a_release_with_an_object_half_sent_leaves_nothing(open_store):
    port = open_store().port
    peer = Raw(port)
    peer.associate()
    peer.send(pdv(command(), is_command=True) + pdv(bytes(5000), is_last=False))
    peer.send(b"\5\0\0\0\0\4\0\0\0\0")
    peer.pdu()
    peer.close()

    assert soon(nothing_is_left)
    assert serves(port)


def test_a_large_object_costs_no_memory(open_store):
    """In MB by the variable KERMA_TEST_LARGE_MB; 2100 is beyond what 31 bits can count."""
    size_mb = int(os.environ.get("KERMA_TEST_LARGE_MB", "200"))
    port = open_store().port
    peer = Raw(port)
    peer.associate()
    piece = bytes(MB)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peer.send(pdv(command(), is_command=True))
    for number in range(size_mb):
        peer.send(pdv(piece, is_last=number == size_mb - 1))
    peer.socket.settimeout(120)
    status, _ = peer.status()
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    peer.close()

    assert status == 0
    (found,) = spool.waiting()
    assert found.path.stat().st_size > size_mb * MB
    assert grown_kb < 20_000


def test_one_value_of_gigabytes_is_read_in_pieces(open_store):
    """A peer may send an object in a single PDU; lengths that it only claims cost nothing."""
    port = open_store().port
    peer = Raw(port)
    peer.associate()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    peer.send(pdv(command(), is_command=True))
    peer.send(struct.pack(">BxIIBB", 4, 2**32 - 1, 2**32 - 5, 1, 0) + bytes(5 * MB))
    assert soon(lambda: any(path.stat().st_size > 4 * MB for path in spool.incoming().iterdir()))
    peer.close()

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000
    assert soon(nothing_is_left)


def test_drafts_of_dead_receivers_go_and_those_of_the_living_stay(home):
    dead = spool.incoming() / "dead"
    dead.write_bytes(b"half")
    living = spool.Draft()
    living.write(b"half")
    for path in (dead, living.path):
        os.utime(path, (0, 0))

    assert spool.drop_drafts() == 1
    assert list(spool.incoming().iterdir()) == [living.path]
    living.drop()


def test_several_receivers_count_apart_but_share_a_spool(open_store):
    for title in ("ONE", "TWO"):
        association = associated(open_store(name=title, ae_title=title).port)
        sent = an_image(f"1.2.{len(title)}.{ord(title[0])}")
        sent.file_meta = pydicom.dataset.FileMetaDataset()
        sent.file_meta.TransferSyntaxUID = EXPLICIT
        assert association.send_c_store(sent).Status == 0
        association.release()

    assert spool.count() == 2
    assert CT_IMAGE.encode() in next(spool.waiting()).path.read_bytes()
