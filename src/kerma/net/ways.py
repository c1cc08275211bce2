"""The ways to ask a node and to fetch from it, and which of them a node takes."""

from types import TracebackType
from typing import Protocol, Self

from kerma.errors import KermaError
from kerma.net.ask.answers import ImageAnswer, SeriesAnswer, StudyAnswer
from kerma.net.ask.find import Finder
from kerma.net.fetch.get import Getter
from kerma.net.fetch.move import Mover
from kerma.net.fetch.sent import Sent
from kerma.net.node.web import WebFetcher, WebFinder
from kerma.net.telling import Teller
from kerma.net.wanted import Wanted
from kerma.store.models import LocalStore, RemoteNode


class Asking(Protocol):
    """Asks a node what it has; to be used in a `with` statement."""

    name: str

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def studies(self, wanted: Wanted, modality: str) -> list[StudyAnswer]:
        """Return the studies of a modality of DICOM."""

    def series(self, study: str) -> list[SeriesAnswer]:
        """Return the series of a study."""

    def images(self, study: str, series: str) -> list[ImageAnswer]:
        """Return the objects of a series."""


def asking(node: RemoteNode, teller: Teller) -> Asking:
    """Return who asks a node in the way its settings say."""
    return WebFinder(node, teller) if node.way == node.Way.WEB else Finder(node, teller)


class Fetching(Protocol):
    """Fetches from a node; to be used in a `with` statement."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def fetch(self, study: str, series: str, image: str = "") -> Sent:
        """Fetch a series, or one object of it."""


class NoStore(KermaError):
    """There is no store to which a node could send."""


def fetching(node: RemoteNode, store: LocalStore | None, teller: Teller) -> Fetching:
    """Return who fetches from a node in the way its settings say.

    Raises
    ------
    NoStore
        If the node is to send to a store, and there is none.
    """
    title = store.ae_title if store else ""
    if node.way == node.Way.GET:
        return Getter(node, title, teller)
    if node.way == node.Way.WEB:
        return WebFetcher(node, title, teller)
    if store is None:
        raise NoStore("C-MOVE needs a store to which the node sends. Choose one.")
    return Mover(node, store, teller)
