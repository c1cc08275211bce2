"""Peers of the receiver, down to the bytes: for what no library would send."""

import socket
import struct
import time

import pytest
from pynetdicom import AE, build_context
from pynetdicom.pdu import A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    MaximumLengthNotification,
)

from kerma.dicom.write import dataset
from kerma.net.node.reactor import Gate
from kerma.net.receive.association import Timeouts
from kerma.net.receive.listener import Listener, Totals
from kerma.net.receive.stores import Store

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
_TIMEOUTS = Timeouts()
ACCEPTED, REJECTED, DATA, RELEASED, ABORTED = 2, 3, 4, 6, 7


@pytest.fixture
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    settings.KERMA_DISK_STOP_MB = 0
    return tmp_path


@pytest.fixture
def open_store(home):
    """Open a store on a free port: `open_store(max_associations=3)`; gives its listener."""
    opened = []

    def start(timeouts=_TIMEOUTS, **changes):
        values = {"name": "Test", "ae_title": "KERMA", "port": 0, "address": "127.0.0.1"}
        listener = Listener(Store(**values | changes), Totals(), timeouts)
        opened.append(listener)
        return listener

    yield start
    for listener in opened:
        listener.close()
    for listener in opened:
        assert listener.wait(10), "an association does not end"


def an_image(instance="1.2.3.4", pixels=b"", **attributes):
    return dataset(
        SOPClassUID=CT_IMAGE, SOPInstanceUID=instance, StudyInstanceUID="1.2.3",
        SeriesInstanceUID="1.2.3.9", Modality="CT", PatientName="Curie^Marie",
        **({"PixelData": pixels, "Rows": 1, "Columns": 1, "BitsAllocated": 8} if pixels else {}),
        **attributes,
    )  # fmt: skip


def associated(port, contexts=((CT_IMAGE, EXPLICIT),), **titles):
    """Return an association of pynetdicom's, whose second thread takes no answers away."""
    ae = AE(titles.get("calling", "SENDER"))
    ae.requested_contexts = [build_context(*context) for context in contexts]
    association = ae.associate("127.0.0.1", port, ae_title=titles.get("called", "KERMA"))
    if association.is_established:
        _held(association)
    return association


def _held(association):
    """Stop the thread that would serve requests of the receiver, until the association ends."""
    gate, kill = Gate(), association.kill
    assert gate.hold(association)

    def let_go():
        gate.open()
        kill()

    association.kill = let_go


def serves(port):
    """Whether a C-ECHO is answered."""
    association = associated(port, [("1.2.840.10008.1.1", EXPLICIT)])
    if not association.is_established:
        return False
    status = association.send_c_echo().Status
    association.release()
    return status == 0


def soon(holds, seconds=5.0):
    """Wait until something holds; return whether it does."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


class Raw:
    """A peer that sends whatever bytes it is told to."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def send(self, data):
        self.socket.sendall(data)

    def pdu(self):
        """Return kind and content of the next PDU; (None, b"") when the connection is closed."""
        head = self._read(6)
        if len(head) < 6:
            return None, b""
        kind, size = struct.unpack(">BxI", head)
        return kind, self._read(size)

    def associate(self):
        """Ask for an association with one presentation context, and return the kind of answer."""
        self.send(request())
        return self.pdu()[0]

    def status(self):
        """Return the status of the next answer, and all of its command."""
        _, answer = self.pdu()
        at = answer.index(b"\0\0\0\x09\x02\0\0\0")
        return struct.unpack_from("<H", answer, at + 8)[0], answer

    def close(self):
        self.socket.close()

    def _read(self, size):
        found = b""
        while len(found) < size:
            try:
                more = self.socket.recv(size - len(found))
            except ConnectionResetError:
                return found
            if not more:
                return found
            found += more
        return found


def request(sop_class=CT_IMAGE, syntax=EXPLICIT, calling="RAW", called="KERMA"):
    """Return an A-ASSOCIATE-RQ with presentation context 1."""
    asked = A_ASSOCIATE()
    asked.application_context_name = "1.2.840.10008.3.1.1.1"
    asked.calling_ae_title, asked.called_ae_title = calling, called
    context = build_context(sop_class, syntax)
    context.context_id = 1
    asked.presentation_context_definition_list = [context]
    length, implementation = MaximumLengthNotification(), ImplementationClassUIDNotification()
    length.maximum_length_received = 16384
    implementation.implementation_class_uid = "1.2.3"
    asked.user_information = [length, implementation]
    return A_ASSOCIATE_RQ(asked).encode()


def pdv(data, *, is_command=False, is_last=True, context=1):
    """Return a P-DATA-TF with one value."""
    control = is_command + 2 * is_last
    return struct.pack(">BxIIBB", 4, len(data) + 6, len(data) + 2, context, control) + data


def command(instance=b"1.2.3.4\0", kind=1, data_set=1, sop_class=CT_IMAGE):
    """Return a request as a command set (PS3.7 E); `data_set` 0x0101 means none follows."""
    uid = sop_class.encode()
    body = b"".join((
        _element(0x0002, uid + b"\0" * (len(uid) % 2)),
        _element(0x0100, struct.pack("<H", kind)),
        _element(0x0110, struct.pack("<H", 7)),
        _element(0x0700, struct.pack("<H", 0)),
        _element(0x0800, struct.pack("<H", data_set)),
        _element(0x1000, instance) if instance else b"",
    ))  # fmt: skip
    return _element(0, struct.pack("<I", len(body))) + body


def _element(number, value):
    return struct.pack("<HHI", 0, number, len(value)) + value
