"""One connection in, its objects in the spool out: the acceptor's side of PS3.8 and PS3.7.

Everything an association does is done by one thread that waits for the peer's bytes, so that
there is nothing to poll and no object is handed from thread to thread.
"""

import contextlib
import logging
import struct
from collections.abc import Callable
from typing import NamedTuple

from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RJ, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import A_ASSOCIATE

from kerma.net.receive import command
from kerma.net.receive.admission import (
    OTHER_PROTOCOL,
    TOO_MANY,
    Rejection,
    agree,
    is_stored,
    rejection,
    title,
)
from kerma.net.receive.command import BrokenCommand, Command
from kerma.net.receive.stores import Store
from kerma.net.receive.storing import Refused, Sent, Status, Storing
from kerma.net.receive.wire import Leaving, Lost, Wire

_log = logging.getLogger("kerma.receive")

_RQ, _DATA, _RELEASE, _ABORT = 0x01, 0x04, 0x05, 0x07
_KNOWN = frozenset(range(1, 8))
_RELEASED = b"\x06\0\0\0\0\x04\0\0\0\0"
_UNRECOGNISED, _UNEXPECTED, _INVALID = 1, 2, 6
"""Reasons of A-ABORT (PS3.8 9.3.8)."""
_LONGEST_REQUEST = 256 * 1024
"""A request with 128 presentation contexts of 50 transfer syntaxes has 200 kB."""
_LONGEST_COMMAND = 64 * 1024
_LINGER_S = 2.0
_UID_CHARACTERS = frozenset(b"0123456789.")


class Timeouts(NamedTuple):
    """Seconds of silence after which a peer is taken for gone."""

    request_s: float = 30.0
    """Before it has asked for an association."""
    silence_s: float = 120.0
    """Afterwards, also in the middle of an object."""


class Violation(Exception):
    """The peer breaks the protocol; the association is aborted."""

    def __init__(self, reason: int, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class _Message(NamedTuple):
    """A request whose data set is still coming."""

    context: int
    command: Command
    data: Storing | Refused


class Association:
    """The association of one connection.

    Parameters
    ----------
    peer
        Address of the other side.
    admit
        Called when the peer may associate but for the number of associations: says whether there
        is room for one more, which is then taken.
    stored
        Called with the outcome of every object.
    """

    def __init__(
        self,
        wire: Wire,
        store: Store,
        peer: str,
        timeouts: Timeouts,
        admit: Callable[[], bool],
        stored: Callable[[bool], None],
    ) -> None:
        self._wire = wire
        self._store = store
        self._peer = peer
        self._timeouts = timeouts
        self._admit = admit
        self._count = stored
        self._caller = ""
        self._contexts: dict[int, tuple[str, str]] = {}
        self._command = bytearray()
        self._message: _Message | None = None
        self.stored = 0
        self.refused = 0

    def run(self) -> None:
        """Serve the peer until the association ends, in whatever way."""
        linger_s = _LINGER_S
        try:
            if self._establish():
                self._say(self._serve())
        except Violation as violation:
            self._abort(2, violation.reason)
            self._say(f"aborted, because {violation}")
        except Leaving:
            self._abort(0, 0)
            self._say("aborted, because the receiver ends")
        except Lost as lost:
            linger_s = 0.0
            self._say(f"lost: {lost}")
        finally:
            if self._message is not None:
                self._message.data.drop()
            self._wire.close(linger_s)

    # -- before the association

    def _establish(self) -> bool:
        """Answer the request for an association; return whether there is one now."""
        self._wire.patience_s = self._timeouts.request_s
        request, version = self._request()
        self._caller = title(request.calling_ae_title)
        refusal = self._refusal(request, version)
        if refusal is not None:
            self._reject(refusal)
            return False
        agreed = agree(request)
        self._contexts = agreed.transfer_syntaxes
        self._wire.patience_s = self._timeouts.silence_s
        _log.info("%s opened an association with %s.", self._who(), self._store.ae_title)
        self._wire.send(A_ASSOCIATE_AC(agreed.answer).encode())
        return True

    def _request(self) -> tuple[A_ASSOCIATE, int]:
        """Read the request and the version of the protocol that it is made in."""
        kind, size = self._head()
        if kind != _RQ or size > _LONGEST_REQUEST:
            raise Violation(_UNEXPECTED, "it does not ask for an association")
        parts = b"".join(bytes(piece) for piece in self._wire.pieces(size))
        pdu = A_ASSOCIATE_RQ()
        try:
            pdu.decode(struct.pack(">BBI", kind, 0, size) + parts)
            return pdu.to_primitive(), pdu.protocol_version
        except Exception as error:
            # the library raises whatever it stumbles over
            raise Violation(_INVALID, "its request for an association is garbled") from error

    def _refusal(self, request: A_ASSOCIATE, version: int) -> Rejection | None:
        if not version & 1:
            return OTHER_PROTOCOL
        refusal = rejection(self._store, request, self._peer)
        return refusal if refusal or self._admit() else TOO_MANY

    def _reject(self, refusal: Rejection) -> None:
        answer = A_ASSOCIATE()
        answer.result, answer.result_source, answer.diagnostic = refusal[:3]
        self._wire.send(A_ASSOCIATE_RJ(answer).encode())
        _log.warning("%s was rejected: %s.", self._who(), refusal.sentence)

    # -- while it lasts

    def _serve(self) -> str:
        """Take what the peer sends; return how the association ended."""
        while True:
            kind, size = self._head()
            if kind == _DATA:
                self._data(size)
            elif kind == _RELEASE:
                self._wire.send(_RELEASED)
                return "released"
            elif kind == _ABORT:
                return "aborted by the peer"
            elif kind in _KNOWN:
                raise Violation(_UNEXPECTED, "it sent what has no place in an association")
            else:
                raise Violation(_UNRECOGNISED, "it sent what is not DICOM")

    def _head(self) -> tuple[int, int]:
        """Read the first six bytes of a PDU: its kind and how much follows."""
        head = self._wire.take(6, is_pause=self._message is None and not self._command)
        kind, size = struct.unpack(">BxI", head)
        return kind, size

    def _data(self, size: int) -> None:
        """Read the presentation data values of a P-DATA-TF (PS3.8 9.3.5)."""
        while size:
            if size < 6:
                raise Violation(_INVALID, "lengths do not fit together")
            length, context, control = struct.unpack(">IBB", self._wire.take(6))
            if not 2 <= length <= size - 4:
                raise Violation(_INVALID, "lengths do not fit together")
            size -= length + 4
            if control & 1:
                self._take_command(context, length - 2, is_last=bool(control & 2))
            else:
                self._take_data_set(context, length - 2, is_last=bool(control & 2))

    def _take_command(self, context: int, size: int, *, is_last: bool) -> None:
        if self._message is not None:
            raise Violation(_UNEXPECTED, "it began a message within another")
        if len(self._command) + size > _LONGEST_COMMAND:
            raise Violation(_INVALID, "a command is too long")
        for piece in self._wire.pieces(size):
            self._command += piece
        if not is_last:
            return
        try:
            asked = command.read(bytes(self._command))
        except BrokenCommand as error:
            raise Violation(_INVALID, f"a command is broken: {error}") from error
        self._command.clear()
        if context not in self._contexts or asked.is_response:
            raise Violation(_UNEXPECTED, "it used what was not agreed")
        self._begin(context, asked)

    def _begin(self, context: int, asked: Command) -> None:
        self._message = _Message(context, asked, self._place_for(context, asked))
        if not asked.has_data_set:
            self._finish()

    def _place_for(self, context: int, asked: Command) -> Storing | Refused:
        """Return where the data set goes."""
        agreed_class, transfer_syntax = self._contexts[context]
        if asked.kind == command.C_ECHO_RQ:
            return Refused(Status(command.SUCCESS))
        if asked.kind != command.C_STORE_RQ:
            return Refused(Status(command.UNKNOWN_OPERATION, "Only C-STORE and C-ECHO are done."))
        if not is_stored(agreed_class) or not is_stored(asked.sop_class.decode("ascii", "replace")):
            return Refused(Status(command.NO_SUCH_CLASS, "Objects of this class are not stored."))
        if not _is_uid(asked.sop_class) or not _is_uid(asked.sop_instance):
            return Refused(Status(command.NO_SUCH_INSTANCE, "The object has no valid UIDs."))
        if not asked.has_data_set:
            return Refused(Status(command.CANNOT_UNDERSTAND, "There is no data set."))
        sent = Sent(
            asked.sop_class,
            asked.sop_instance,
            transfer_syntax,
            self._store.ae_title,
            self._caller,
        )
        return Storing(sent, self._store.max_object_mb)

    def _take_data_set(self, context: int, size: int, *, is_last: bool) -> None:
        message = self._message
        if message is None or context != message.context:
            raise Violation(_UNEXPECTED, "it sent a data set that no command announced")
        for piece in self._wire.pieces(size):
            message.data.write(piece)
        if is_last:
            self._finish()

    def _finish(self) -> None:
        """Answer the request, now that all of it is here."""
        assert self._message is not None
        context, asked, data = self._message
        status = data.finish()
        self._message = None
        if asked.kind == command.C_STORE_RQ:
            self._note(status)
        if asked.kind != command.C_CANCEL_RQ:
            answer = command.response(asked, status.code, status.comment)
            self._wire.send(
                struct.pack(">BBIIBB", _DATA, 0, len(answer) + 6, len(answer) + 2, context, 3)
                + answer
            )

    def _note(self, status: Status) -> None:
        is_stored_now = status.code == command.SUCCESS
        self.stored += is_stored_now
        self.refused += not is_stored_now
        self._count(is_stored_now)
        if not is_stored_now:
            _log.warning(
                "An object of %s was refused with status 0x%04X: %s",
                self._who(), status.code, status.comment,
            )  # fmt: skip

    # -- at its end

    def _abort(self, source: int, reason: int) -> None:
        with contextlib.suppress(Lost):
            self._wire.send(struct.pack(">BBIBBBB", _ABORT, 0, 4, 0, 0, source, reason))

    def _say(self, how: str) -> None:
        if self._contexts or self._caller:
            _log.info(
                "The association of %s is %s; stored %d, refused %d.",
                self._who(), how, self.stored, self.refused,
            )  # fmt: skip
        else:
            _log.info("A connection from %s is %s.", self._peer, how)

    def _who(self) -> str:
        return f"{self._caller or 'somebody'} at {self._peer}"


def _is_uid(value: bytes) -> bool:
    return 0 < len(value) <= 64 and _UID_CHARACTERS.issuperset(value)
