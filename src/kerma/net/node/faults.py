"""What can go wrong with a node, each told in a sentence that says what to do."""

from kerma.errors import KermaError


class NodeFault(KermaError):
    """A node does not do what it is asked."""


class Passing(NodeFault):
    """A fault that may be gone in a moment: a lost line, a busy node."""


class Unreachable(Passing):
    """There is no connection to the node."""


class Lost(Passing):
    """The connection ended, or the node stopped answering, in the middle of a request."""


class Busy(Passing):
    """The node says that it is out of resources, or takes no further association just now."""


class Rejected(NodeFault):
    """The node does not want this association: it must be told of us first."""


class Unwilling(NodeFault):
    """The node answered a request with a failure that will not pass by itself."""


class UnknownStore(NodeFault):
    """The node does not know the store to which it is to send, or cannot reach it."""


class AskedToStop(KermaError):
    """Somebody terminated the request under way."""


OUT_OF_RESOURCES = frozenset((0xA700, 0xA701, 0xA702))
"""PS3.4 C.4.1.1.4 and C.4.2.1.5."""

UNKNOWN_DESTINATION = 0xA801

_MEANINGS = {
    0x0000: "success",
    0x0112: "no such SOP instance",
    0x0117: "invalid SOP instance",
    0x0122: "this kind of query is not supported",
    0x0124: "not authorised",
    0x0211: "unrecognised operation",
    0xA700: "out of resources",
    0xA701: "out of resources: unable to count the matches",
    0xA702: "out of resources: unable to send the objects",
    0xA801: "unknown destination",
    0xA900: "the request does not fit the kind of query",
    0xAA02: "unable to send over this association",
    0xB000: "some objects could not be sent",
    0xFE00: "terminated",
}


def status_text(status: int) -> str:
    """Return a status of DIMSE for people: `0xA702 (out of resources …)`."""
    general = "unable to process" if 0xC000 <= status <= 0xCFFF else "a status of its own"
    return f"0x{status:04X} ({_MEANINGS.get(status, general)})"


_REJECTIONS = {
    (1, 1): "without a reason",
    (1, 2): "because it does not support this application context",
    (1, 3): "because it does not know our AE title {calling!r}: register it there",
    (1, 7): "because its AE title is not {called!r}",
    (2, 1): "without a reason (its association service)",
    (2, 2): "because of its protocol version",
    (3, 1): "because it is congested for the moment",
    (3, 2): "because all its associations are in use",
}
"""(source, reason) of PS3.8 table 9-21."""


def rejection(
    result: int | None, source: int | None, reason: int | None, calling: str, called: str
) -> NodeFault:
    """Return the fault that an A-ASSOCIATE-RJ means: one that passes, or one that stays."""
    words = _REJECTIONS.get((source or 0, reason or 0), f"with source {source} and reason {reason}")
    sentence = f"The node rejects the association {words.format(calling=calling, called=called)}."
    passing = result == 2 or source == 3
    return Busy(sentence) if passing else Rejected(sentence)
