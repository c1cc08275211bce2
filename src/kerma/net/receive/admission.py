"""A request for an association in, what is wrong with it or what was agreed out."""

import ipaddress
from functools import lru_cache
from typing import Any, NamedTuple

from pydicom.uid import UID
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    ImplementationVersionNameNotification,
    MaximumLengthNotification,
)
from pynetdicom.presentation import PresentationContext, build_context, negotiate_as_acceptor
from pynetdicom.service_class import (
    NonPatientObjectStorageServiceClass,
    ServiceClass,
    StorageServiceClass,
    VerificationServiceClass,
)
from pynetdicom.sop_class import uid_to_service_class

from kerma.dicom.encode import IMPLEMENTATION
from kerma.net.receive.stores import Store

_LONGEST_PDU = 131072
"""What we ask peers to send at a time: the most that DCMTK can. Longer ones are read as well."""
_VERSION_NAME = "KERMA"
_ANY = "1.2.840.10008.1.2"
"""Implicit little endian, which every peer has to be able to (PS3.5 10.1)."""
_STORED = (StorageServiceClass, NonPatientObjectStorageServiceClass, ServiceClass)
"""Services whose classes are stored; the last stands for classes that the library does not know:
private, retired, or newer than it."""


class Rejection(NamedTuple):
    """Why an association is not wanted (PS3.8 9.3.4)."""

    result: int
    """1 for good, 2 for the time being."""
    source: int
    reason: int
    sentence: str


class Agreed(NamedTuple):
    """What both sides may use."""

    transfer_syntaxes: dict[int, tuple[str, str]]
    """Presentation context -> SOP class and transfer syntax."""
    answer: A_ASSOCIATE


def rejection(store: Store, request: A_ASSOCIATE, peer: str) -> Rejection | None:
    """Return why the peer may not associate, None if it may.

    Parameters
    ----------
    peer
        Its address.
    """
    called, calling = (title(t) for t in (request.called_ae_title, request.calling_ae_title))
    if not is_allowed(peer, store.calling_addresses):
        return Rejection(1, 1, 1, "its address is not among those that may send")
    if not store.any_called_title and called != store.ae_title:
        return Rejection(1, 1, 7, f"it called {called}, but this is {store.ae_title}")
    if store.calling_titles and calling not in store.calling_titles:
        return Rejection(1, 1, 3, "its AE title is not among those that may send")
    return None


TOO_MANY = Rejection(2, 3, 2, "as many associations as this store takes are open")
"""Transient, local limit exceeded."""
OTHER_PROTOCOL = Rejection(1, 2, 2, "it speaks another version of the protocol")


def is_allowed(address: str, networks: tuple[str, ...]) -> bool:
    """Return whether an address is in one of the networks; no networks let any in."""
    if not networks:
        return True
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in ipaddress.ip_network(network, strict=False) for network in networks)


def agree(request: A_ASSOCIATE) -> Agreed:
    """Accept verification and every class that can be stored, in any standard transfer syntax."""
    proposed = request.presentation_context_definition_list
    results, _ = negotiate_as_acceptor(proposed, _supported(proposed))
    answer = A_ASSOCIATE()
    answer.application_context_name = request.application_context_name
    answer.calling_ae_title = request.calling_ae_title
    answer.called_ae_title = request.called_ae_title
    answer.result, answer.result_source = 0, 1
    answer.presentation_context_definition_results_list = results
    answer.user_information = _about_us()
    return Agreed(
        {
            cx.context_id: (str(cx.abstract_syntax), str(cx.transfer_syntax[0]))
            for cx in results
            if cx.context_id is not None and cx.result == 0
        },
        answer,
    )


@lru_cache(maxsize=1024)
def is_stored(sop_class: str) -> bool:
    """Return whether objects of the class are taken by C-STORE."""
    return uid_to_service_class(sop_class) in _STORED


def _supported(proposed: list[PresentationContext]) -> list[PresentationContext]:
    """Return what we take of what is proposed; the peer's first transfer syntax is preferred."""
    taken: dict[str, dict[str, None]] = {}
    for context in proposed:
        sop_class = str(context.abstract_syntax)
        if is_stored(sop_class) or uid_to_service_class(sop_class) is VerificationServiceClass:
            known = filter(_is_transfer_syntax, context.transfer_syntax)
            taken.setdefault(sop_class, {}).update(dict.fromkeys(map(str, known)))
    return [build_context(uid, list(syntaxes) or [_ANY]) for uid, syntaxes in taken.items()]


def _is_transfer_syntax(uid: str) -> bool:
    """Whether it is one of the standard's, or GE's private one (implicit little endian)."""
    return UID(uid).type == "Transfer Syntax" or uid == "1.2.840.113619.5.2"


def _about_us() -> list[Any]:
    length = MaximumLengthNotification()
    length.maximum_length_received = _LONGEST_PDU
    implementation = ImplementationClassUIDNotification()
    implementation.implementation_class_uid = UID(IMPLEMENTATION.decode())
    version = ImplementationVersionNameNotification()
    version.implementation_version_name = _VERSION_NAME
    return [length, implementation, version]


def title(value: str | None) -> str:
    """Return an AE title fit for a log: printable, without the padding."""
    return "".join(c if c.isprintable() else "?" for c in value or "").strip()
