"""One association that sends copies of an object as fast as they are taken; prints what it took.

    python bench/sender.py PORT FILE --number N --first N [--aet AET]

It does no more than it must, so that what is measured is the receiver: the object is encoded once,
each copy gets another number at the end of its UIDs, and the socket has TCP_NODELAY. The receiver
waits for the first byte; the clock runs from then to the last answer.
"""

import argparse
import json
import re
import socket
import struct
import time
from pathlib import Path

import pydicom
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pynetdicom import AE, build_context
from pynetdicom.pdu import A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    MaximumLengthNotification,
)

SERIAL = b"000000000000"
"""What each copy has another number for; the UIDs of the object end with it."""
_RELEASE = b"\x05\0\0\0\0\x04\0\0\0\0"


class Association:
    """An association for one SOP class, in one transfer syntax."""

    def __init__(self, port: int, aet: str, sop_class: str, syntax: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(_request(aet, sop_class, syntax))
        kind, answer = self.pdu()
        if kind != 2:
            raise SystemExit(f"The association was not accepted (PDU {kind}).")
        found = re.search(rb"\x51\0\0\x04(....)", answer, re.DOTALL)
        self.longest = struct.unpack(">I", found[1])[0] if found else 16384

    def pdu(self) -> tuple[int, bytes]:
        """Return the next PDU: its kind and what it holds."""
        kind, size = struct.unpack(">BxI", self._read(6))
        return kind, self._read(size)

    def _read(self, size: int) -> bytes:
        parts = b""
        while len(parts) < size:
            more = self.socket.recv(size - len(parts))
            if not more:
                raise SystemExit("The receiver closed the connection.")
            parts += more
        return parts

    def send(self, command: bytes, data_set: bytes) -> None:
        """Send one object and wait for the answer."""
        most = min(self.longest or 131072, 131072) - 6
        self.socket.sendall(_pdu(command, 3))
        for start in range(0, len(data_set), most):
            piece = data_set[start : start + most]
            self.socket.sendall(_pdu(piece, 2 if start + most >= len(data_set) else 0))
        kind, answer = self.pdu()
        if kind != 4 or b"\0\0\0\x09\x02\0\0\0\0\0" not in answer:
            raise SystemExit(f"An object was refused: {answer!r}")

    def release(self) -> None:
        """End the association."""
        self.socket.sendall(_RELEASE)
        self.pdu()
        self.socket.close()


def _request(aet: str, sop_class: str, syntax: str) -> bytes:
    request = A_ASSOCIATE()
    request.application_context_name = "1.2.840.10008.3.1.1.1"
    request.calling_ae_title, request.called_ae_title = "BENCH", aet
    context = build_context(sop_class, syntax)
    context.context_id = 1
    request.presentation_context_definition_list = [context]
    length, implementation = MaximumLengthNotification(), ImplementationClassUIDNotification()
    length.maximum_length_received = 131072
    implementation.implementation_class_uid = AE().implementation_class_uid
    request.user_information = [length, implementation]
    return A_ASSOCIATE_RQ(request).encode()


def _pdu(data: bytes, control: int) -> bytes:
    return struct.pack(">BxIIBB", 4, len(data) + 6, len(data) + 2, 1, control) + data


def _element(number: int, value: bytes) -> bytes:
    return struct.pack("<HHI", 0, number, len(value)) + value


def _command(sop_class: str, sop_instance: bytes, message: int) -> bytes:
    uid = sop_class.encode()
    body = b"".join((
        _element(0x0002, uid + b"\0" * (len(uid) % 2)),
        _element(0x0100, struct.pack("<H", 1)),
        _element(0x0110, struct.pack("<H", message)),
        _element(0x0700, struct.pack("<H", 0)),
        _element(0x0800, struct.pack("<H", 1)),
        _element(0x1000, sop_instance + b"\0" * (len(sop_instance) % 2)),
    ))  # fmt: skip
    return _element(0, struct.pack("<I", len(body))) + body


def main() -> None:
    """Send, and print seconds and CPU seconds as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--aet", default="KERMA")
    args = parser.parse_args()
    ds = pydicom.dcmread(args.file)
    syntax = ds.file_meta.TransferSyntaxUID
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, syntax.is_implicit_VR
    write_dataset(buffer, ds)
    pieces = buffer.getvalue().split(SERIAL)
    association = Association(args.port, args.aet, ds.SOPClassUID, syntax)
    began_at, start, cpu = time.time(), time.perf_counter(), time.process_time()
    for copy in range(args.first, args.first + args.number):
        serial = b"%012d" % (10**11 + copy)
        uid = str(ds.SOPInstanceUID).encode().replace(SERIAL, serial)
        message = copy % 60000 + 1
        association.send(_command(ds.SOPClassUID, uid, message), serial.join(pieces))
    took = {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "began_at": began_at,
        "ended_at": time.time(),
    }
    association.release()
    print(json.dumps(took | {"bytes": len(buffer.getvalue())}))


if __name__ == "__main__":
    main()
