"""`kerma receive` as a process: it starts, stops, is killed, loses its database."""

import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest

from kerma.dicom.files import read_file
from kerma.dicom.write import to_bytes
from kerma.net.receive import stores
from kerma.net.receive.receiver import Receiver
from kerma.net.receive.stores import Store
from kerma.pipeline import spool
from kerma.store.models import LocalStore
from tests.net.sending import ABORTED, ACCEPTED, Raw, an_image, command, pdv, serves, soon
from tests.sites import Site

PROGRAM = ("-c", "from kerma.cli.main import main; main()")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def receive():
    """Start `kerma receive` on a site; gives the process and what it says first."""
    started = []

    def start(site, *arguments):
        process = site.python(*PROGRAM, "receive", *arguments, stdout=subprocess.PIPE)
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def site(home):
    return Site(home, "")


def data_of(instance):
    """Return the data set of an image, without the meta information of its file."""
    whole = to_bytes(an_image(instance))
    size = int.from_bytes(whole[140:144], "little")
    return whole[144 + size :]


def send(peer, instance):
    uid = instance.encode() + b"\0" * (len(instance) % 2)
    peer.send(pdv(command(uid), is_command=True) + pdv(data_of(instance)))
    return peer.status()[0]


def said_by(process):
    return process.communicate(timeout=30)


def test_it_says_where_it_receives_and_ends_on_sigterm_after_the_object_under_way(site, receive):
    process, line = receive(site, "--port", "0", "--aet", "ROOM")
    port = int(line.rpartition(":")[2])
    peer, idle = Raw(port), Raw(port)
    assert (peer.associate(), idle.associate()) == (ACCEPTED, ACCEPTED)
    data = data_of("1.2.3.4")
    peer.send(pdv(command(), is_command=True) + pdv(data[:100], is_last=False))

    process.send_signal(signal.SIGTERM)
    assert idle.pdu()[0] == ABORTED
    time.sleep(0.6)
    peer.send(pdv(data[100:]))
    status, _ = peer.status()
    assert peer.pdu()[0] == ABORTED
    out, errors = said_by(process)
    peer.close()
    idle.close()

    assert line == f"Kerma receives at ROOM:{port}"
    assert status == 0
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in errors
    assert [one.store for one in spool.waiting()] == ["ROOM"]


def test_what_was_acknowledged_is_there_after_kill_9_and_what_was_half_sent_is_not(site, receive):
    process, line = receive(site, "--port", "0")
    port = int(line.rpartition(":")[2])
    sender, half = Raw(port), Raw(port)
    sender.associate()
    half.associate()
    half.send(pdv(command(b"9.9.9\0"), is_command=True) + pdv(bytes(5000), is_last=False))
    acknowledged = [n for n in range(50) if send(sender, f"1.2.3.{n}") == 0]
    assert soon(lambda: any(spool.incoming().iterdir()))

    sender.send(pdv(command(b"1.2.3.99"), is_command=True) + pdv(data_of("1.2.3.99")))
    process.kill()
    process.wait()
    sender.close()
    half.close()

    uids = {read_file(one.path).data_set.raw(0x00080018).strip(b"\0") for one in spool.waiting()}
    assert len(acknowledged) == 50
    assert {b"1.2.3.%d" % n for n in acknowledged} <= uids
    assert uids <= {b"1.2.3.%d" % n for n in (*acknowledged, 99)}
    for draft in spool.incoming().iterdir():
        os.utime(draft, (0, 0))
    receive(site, "--port", "0")
    assert list(spool.incoming().iterdir()) == []


def test_a_fresh_site_receives_at_the_default_store_which_is_then_on_the_page(home, receive):
    port = free_port()
    (home / "kerma.toml").write_text(f'dicom_port = {port}\ndicom_aet = "NEW"\ndisk_free_gb = 0\n')
    site = Site(home, "")

    _, line = receive(site)

    assert line == f"Kerma receives at NEW:{port}"
    assert serves(port)
    assert site.ask("SELECT name, ae_title, port FROM store_localstore") == [("Kerma", "NEW", port)]


def test_a_dead_database_keeps_the_stores_that_were_open_last(home, receive):
    port = free_port()
    stores.keep([Store(name="Old", ae_title="OLD", port=port)])
    dead = Site(home, f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")

    process, line = receive(dead)
    peer = Raw(port)
    peer.associate()
    status = send(peer, "1.2.3.4")
    peer.close()
    process.send_signal(signal.SIGTERM)
    _, errors = said_by(process)

    assert line == f"Kerma receives at OLD:{port}"
    assert status == 0
    assert spool.count() == 1
    assert "The database does not answer" in errors
    assert "Traceback" not in errors


def test_a_port_of_the_command_line_that_cannot_be_had_is_a_sentence(site, receive):
    with socket.create_server(("127.0.0.1", 0)) as other:
        process, line = receive(site, "--port", str(other.getsockname()[1]))
        _, errors = said_by(process)

    assert (line, process.returncode) == ("", 1)
    assert "another program uses it" in errors
    assert "Traceback" not in errors


@contextmanager
def receiving(*wanted):
    receiver = Receiver(lambda: list(wanted_now))
    wanted_now = list(wanted)
    receiver.look()
    try:
        yield receiver, wanted_now
    finally:
        receiver.close()


def a_store(name, **changes):
    return Store(name=name, ae_title=name.upper(), address="127.0.0.1", **changes)


def test_a_change_on_the_page_touches_only_the_store_that_changed(home):
    first, second = free_port(), free_port()
    one, two = a_store("one", port=first), a_store("two", port=second)
    with receiving(one, two) as (receiver, wanted):
        kept, gone = Raw(first), Raw(second)
        assert (kept.associate(), gone.associate()) == (ACCEPTED, ACCEPTED)

        third = free_port()
        wanted[:] = [one, a_store("two", port=third)]
        receiver.look()

        assert gone.pdu()[0] == ABORTED
        assert send(kept, "1.2.3.4") == 0
        assert serves(third)
        with pytest.raises(ConnectionRefusedError):
            Raw(second)
        kept.close()
        gone.close()


def test_a_port_that_cannot_be_had_stops_no_other_and_is_had_later(home, caplog):
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        receiving(
            a_store("busy", port=other.getsockname()[1]), a_store("free", port=port)
        ) as (receiver, _),
    ):  # fmt: skip
        receiver.look()
        assert serves(port)
        assert len(receiver.status()["troubles"]) == 1
        assert caplog.text.count("another program uses it") == 1

        other.close()
        receiver.look()

        assert receiver.status()["troubles"] == []
        assert len(receiver.status()["ports"]) == 2


def test_a_port_that_died_is_opened_anew(home):
    port = free_port()
    with receiving(a_store("one", port=port)) as (receiver, _):
        (listener,) = receiver._open.values()
        listener.close()  # as if its thread had ended
        assert soon(lambda: not listener.is_alive())

        receiver.look()

        assert serves(port)


def test_the_status_counts_what_was_taken_and_refused(home):
    port = free_port()
    with receiving(a_store("one", port=port)) as (receiver, _):
        peer = Raw(port)
        peer.associate()
        send(peer, "1.2.3.4")
        peer.send(pdv(command(b""), is_command=True) + pdv(bytes(10)))
        peer.status()

        status = receiver.status()
        peer.close()

    assert (status["objects"], status["refused"], status["associations"]) == (1, 1, 1)
    assert time.time() - status["last_object_at"] < 60


def test_a_site_whose_stores_are_closed_or_anothers_receives_nowhere_and_says_so(home):
    stop, said = threading.Event(), []

    def say(line):
        said.append(line)
        stop.set()

    Receiver(list).run(stop, say)

    assert said == ["Kerma receives nowhere: no store of its own is enabled"]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_only_a_site_without_a_store_of_its_own_is_given_one(home, settings):
    LocalStore.objects.create(name="Orthanc", ae_title="ORTHANC", port=4242, is_ours=False)
    settings.KERMA_DICOM_PORT = 11119

    given = stores.Configured()()
    LocalStore.objects.filter(name="Kerma").update(enabled=False)
    closed = stores.Configured()()

    assert [(one.name, one.port) for one in given] == [("Kerma", 11119)]
    assert closed == []


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_what_the_page_says_is_what_is_opened(home):
    LocalStore.objects.create(
        name="CT", ae_title="KERMACT", port=11130, address="127.0.0.1", any_called_title=False,
        calling_titles="CT1, CT2", calling_addresses=" 192.0.2.0/24 ,", max_associations=3,
        max_object_mb=7,
    )  # fmt: skip

    assert stores.Configured()() == [
        Store(
            name="CT", ae_title="KERMACT", port=11130, address="127.0.0.1", any_called_title=False,
            calling_titles=("CT1", "CT2"), calling_addresses=("192.0.2.0/24",),
            max_associations=3, max_object_mb=7,
        )
    ]  # fmt: skip
    assert stores.kept() == stores.Configured()()
