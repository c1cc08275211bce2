"""C-GET: a node sends a series, or one object, on the very association it was asked on."""

import logging

from pydicom import Dataset
from pynetdicom import AllStoragePresentationContexts, evt
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelGet,
)

from kerma.net.ask import keys
from kerma.net.fetch.move import outcome
from kerma.net.fetch.sent import Sent
from kerma.net.node.faults import Lost
from kerma.net.node.session import Session
from kerma.net.telling import Teller
from kerma.pipeline import spool
from kerma.pipeline.spool import NoRoom
from kerma.store.models import RemoteNode

_log = logging.getLogger("kerma.query")

_MODEL = str(StudyRootQueryRetrieveInformationModelGet)
_PENDING = (0xFF00, 0xFF01)
_SYNTAXES = (
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.5",
)
"""Uncompressed first; compressed pixels are taken as they are, since nobody decodes them here."""
_MOST_CLASSES = 127
"""An association has at most 128 contexts (PS3.8 9.3.2.2), one of them for the request."""
_OUT_OF_ROOM = 0xA700
_FIRST = "1.2.840.10008.5.1.4.1.1.88."
"""Reports come first in the list, which is cut at its end."""


class Getter:
    """Lets a node send into the spool; to be used in a `with` statement.

    Parameters
    ----------
    store
        The store for which the objects count.
    """

    def __init__(self, node: RemoteNode, store: str, teller: Teller) -> None:
        self._store = store
        self._caller = node.ae_title
        classes = _classes()
        self._session = Session(
            node,
            teller,
            [(_MODEL, ()), *((sop_class, _SYNTAXES) for sop_class in classes)],
            stores=classes,
            on_store=self._keep,
        )

    def __enter__(self) -> "Getter":
        self._session.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._session.__exit__(*raised)

    def fetch(self, study: str, series: str, image: str = "") -> Sent:
        """Fetch a series, or one object of it.

        Raises
        ------
        NodeFault
            If the node does not send.
        """
        asked = keys.fetch_keys(study, series, image)
        return self._session.request(lambda: self._once(asked))

    def _once(self, asked: Dataset) -> Sent:
        for status, told, identifier in self._session.exchange("send_c_get", asked, model=_MODEL):
            if status not in _PENDING:
                return outcome(status, told, identifier)
        raise Lost("The node ended its answer without a status.")

    def _keep(self, event: evt.Event) -> int:
        """Write an object durably, then answer."""
        try:
            spool.put([event.encoded_dataset()], "receive", self._store, self._caller)
        except NoRoom as error:
            _log.error("%s", error)
            return _OUT_OF_ROOM
        return 0x0000


def _classes() -> list[str]:
    """Return the storage classes to propose: those of reports, then all others that fit."""
    known = [str(context.abstract_syntax) for context in AllStoragePresentationContexts]
    ordered = sorted(known, key=lambda uid: not uid.startswith(_FIRST))
    usual = [uid for uid in ordered if uid.startswith("1.2.840.10008.5.1.4.1.1.")]
    return [*usual, *(uid for uid in ordered if uid not in usual)][:_MOST_CLASSES]
