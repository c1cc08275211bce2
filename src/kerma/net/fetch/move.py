"""C-MOVE: a node asked to send a series, or one object, to a store; what it says of that out."""

from pydicom import Dataset
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelMove,
)

from kerma.net.ask import keys
from kerma.net.fetch.sent import Sent
from kerma.net.node.faults import (
    OUT_OF_RESOURCES,
    UNKNOWN_DESTINATION,
    Busy,
    Lost,
    UnknownStore,
    Unwilling,
    status_text,
)
from kerma.net.node.session import Session
from kerma.net.telling import Teller
from kerma.store.models import LocalStore, RemoteNode

_MODEL = str(StudyRootQueryRetrieveInformationModelMove)
_PENDING = (0xFF00, 0xFF01)
_WARNING = 0xB000
_LEAST_ANSWER_S = 600.0
"""Seconds granted to a node that sends a large series and says nothing meanwhile."""


class Mover:
    """Lets a node send to a store; to be used in a `with` statement."""

    def __init__(self, node: RemoteNode, store: LocalStore, teller: Teller) -> None:
        self._store = store
        answer_s = max(_LEAST_ANSWER_S, float(node.timeout_s))
        self._session = Session(node, teller, [(_MODEL, ())], answer_s=answer_s)

    def __enter__(self) -> "Mover":
        self._session.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._session.__exit__(*raised)

    def fetch(self, study: str, series: str, image: str = "") -> Sent:
        """Let the node send a series, or one object of it.

        Raises
        ------
        UnknownStore
            If the node does not know the store.
        NodeFault
            If it does not send.
        """
        asked = keys.fetch_keys(study, series, image)
        return self._session.request(lambda: self._once(asked))

    def _once(self, asked: Dataset) -> Sent:
        title = self._store.ae_title
        for status, told, identifier in self._session.exchange(
            "send_c_move", asked, title, model=_MODEL
        ):
            if status not in _PENDING:
                return self._outcome(status, told, identifier)
        raise Lost("The node ended its answer without a status.")

    def _outcome(self, status: int, told: Dataset, identifier: Dataset | None) -> Sent:
        title = self._store.ae_title
        if status == UNKNOWN_DESTINATION:
            raise UnknownStore(
                f"The node does not know the store {title}, or cannot reach it. Register there the "
                f"AE title {title}, the address of the computer on which the store runs, and port "
                f"{self._store.port}."
            )
        return outcome(status, told, identifier)


def outcome(status: int, told: Dataset, identifier: Dataset | None) -> Sent:
    """Return what the final answer to a C-MOVE or C-GET says.

    Raises
    ------
    Busy
        If the node is out of resources.
    Unwilling
        If it failed otherwise, and says of no object that it was sent.
    """
    sent = Sent(
        status=status,
        completed=_number(told, "NumberOfCompletedSuboperations"),
        failed=_number(told, "NumberOfFailedSuboperations") or 0,
        warnings=_number(told, "NumberOfWarningSuboperations") or 0,
        failed_uids=_failed(identifier),
    )
    if status in OUT_OF_RESOURCES:
        raise Busy(f"The node answered {status_text(status)}.")
    if status not in (0, _WARNING) and not sent.delivered:
        raise Unwilling(f"The node answered {status_text(status)}.")
    return sent


def _number(told: Dataset, keyword: str) -> int | None:
    value = told.get(keyword)
    return int(value) if isinstance(value, int) else None


def _failed(identifier: Dataset | None) -> tuple[str, ...]:
    """Return the objects that could not be sent, where the node lists them."""
    found = identifier.get("FailedSOPInstanceUIDList") if identifier is not None else None
    if not found:
        return ()
    return (str(found),) if isinstance(found, str) else tuple(str(uid) for uid in found)
