"""DICOMweb: a node asked by QIDO-RS and fetched from by WADO-RS, into the same records."""

import io
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import requests
from dicomweb_client.web import DICOMwebClient
from pydicom import Dataset, dcmwrite
from pydicom.datadict import tag_for_keyword

from kerma.net.ask import answers, keys
from kerma.net.ask.answers import ImageAnswer, SeriesAnswer, StudyAnswer
from kerma.net.fetch.sent import Sent
from kerma.net.node.faults import Busy, Lost, Rejected, Unreachable, Unwilling
from kerma.net.node.patience import Patience
from kerma.net.telling import Teller
from kerma.net.wanted import Wanted
from kerma.pipeline import spool
from kerma.store.models import RemoteNode
from kerma.store.sealing import unseal_text

_PAGE = 500
"""Answers asked for at once."""
_SMALLEST_CAP = 50
"""Nodes may give fewer answers than asked for although they have more; hardly fewer than these."""
_STRUGGLING = frozenset((408, 429, 502, 503, 504))

_NOT_FOUND = 404

T = TypeVar("T")


class _Web:
    """Requests to the DICOMweb services of a node; to be used in a `with` statement."""

    def __init__(self, node: RemoteNode, teller: Teller) -> None:
        self.name = node.name
        self._teller = teller
        self._request = Patience(node, teller, lambda fault: None).request
        self._session = _session(node)
        self._client = DICOMwebClient(
            node.web_url.rstrip("/"),
            session=self._session,
            permissive_uid=True,
            timeout=float(node.timeout_s),
        )
        self._client.set_http_retry_params(retry=False)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *raised: object) -> None:
        self._session.close()

    def _ask(self, get: Callable[[], T]) -> T:
        return self._request(lambda: _told(get))


class WebFinder(_Web):
    """Asks a node by QIDO-RS what it has."""

    def __init__(self, node: RemoteNode, teller: Teller) -> None:
        super().__init__(node, teller)
        self._modality_too = node.modality_in_study_query

    def studies(self, wanted: Wanted, modality: str) -> list[StudyAnswer]:
        """Return the studies of a modality of DICOM."""
        asked = keys.study_keys(wanted, modality, modality_too=self._modality_too)
        found = self._search(self._client.search_for_studies, asked, "StudyInstanceUID")
        return answers.studies(found)

    def one_study(self) -> None:
        """Ask for one study of any kind, once: whether the node answers at all."""
        _told(lambda: self._client.search_for_studies(limit=1, fields=["StudyInstanceUID"]))

    def series(self, study: str) -> list[SeriesAnswer]:
        """Return the series of a study."""
        asked = keys.series_keys(study)
        found = self._search(self._client.search_for_series, asked, "SeriesInstanceUID", study)
        return answers.series(found, study)

    def images(self, study: str, series: str) -> list[ImageAnswer]:
        """Return the objects of a series."""
        asked = keys.image_keys(study, series)
        within = (study, series)
        found = self._search(self._client.search_for_instances, asked, "SOPInstanceUID", *within)
        return answers.images(found, series)

    def _search(
        self, search: Callable[..., Any], asked: Dataset, unique: str, *within: str
    ) -> list[Dataset]:
        """Return all answers, page by page, until a page brings nothing new."""
        del asked.QueryRetrieveLevel
        filters = {e.keyword: str(e.value) for e in asked if e.value and e.value not in within}
        fields = [element.keyword for element in asked]
        seen: dict[str, Dataset] = {}
        while True:
            page = self._ask(
                lambda: search(
                    *within,
                    limit=_PAGE,
                    offset=len(seen) or None,
                    fields=fields,
                    search_filters=filters,
                )
            )
            before = len(seen)
            for answer in page:
                read = _identifier(answer, fields)
                seen.setdefault(str(read.get(unique, "")), read)
            if len(page) < _SMALLEST_CAP or len(seen) == before:
                return list(seen.values())
            self._teller.check()


class WebFetcher(_Web):
    """Fetches from a node by WADO-RS, into the spool."""

    def __init__(self, node: RemoteNode, store: str, teller: Teller) -> None:
        super().__init__(node, teller)
        self._store = store

    def fetch(self, study: str, series: str, image: str = "") -> Sent:
        """Fetch a series, or one object of it."""
        return self._ask(lambda: self._fetch(study, series, image))

    def _fetch(self, study: str, series: str, image: str) -> Sent:
        number = 0
        for found in self._objects(study, series, image):
            self._teller.check()
            spool.put([_bytes(found)], "receive", self._store, self.name)
            number += 1
        return Sent(completed=number)

    def _objects(self, study: str, series: str, image: str) -> Iterator[Dataset]:
        if image:
            yield self._client.retrieve_instance(study, series, image)
            return
        yield from self._client.iter_series(study, series)


def _session(node: RemoteNode) -> requests.Session:
    """Return a session with the credentials of a node, which are kept sealed."""
    session = requests.Session()
    if node.web_token:
        session.headers["Authorization"] = f"Bearer {unseal_text(node.web_token)}"
    elif node.web_user:
        session.auth = (node.web_user, unseal_text(node.web_password))
    if node.tls_authority:
        session.verify = node.tls_authority
    if node.tls_certificate:
        session.cert = (node.tls_certificate, node.tls_key or node.tls_certificate)
    return session


def _told(get: Callable[[], T]) -> T:
    """Return what `get` returns; what HTTP says against it becomes a fault of the node."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return get()
    except requests.HTTPError as error:
        raise _http_fault(error.response) from None
    except requests.exceptions.SSLError as error:
        raise Rejected(
            f"TLS failed: {_last(error)}. Check the authority in its settings."
        ) from None
    except requests.exceptions.Timeout:
        raise Lost("The node did not answer in time.") from None
    except requests.ConnectionError as error:
        raise Unreachable(f"The node cannot be reached: {_last(error)}.") from None
    except (ValueError, TypeError, AttributeError, KeyError, EOFError) as error:
        raise Unwilling(
            f"The node's answer is no DICOMweb ({type(error).__name__}). Check its address."
        ) from None


def _http_fault(answer: requests.Response) -> Exception:
    said = f"{answer.status_code} {answer.reason}"
    if answer.status_code in _STRUGGLING:
        return Busy(f"The node answered {said}.")
    if answer.status_code in (401, 403):
        return Rejected(f"The node answered {said}: check user, password or token.")
    if answer.status_code == _NOT_FOUND:
        return Unwilling(f"The node answered {said}: check the address of its web services.")
    return Unwilling(f"The node answered {said}.")


def _last(error: BaseException) -> str:
    """Return the innermost reason of an error that wraps others, without addresses of objects."""
    reason: Any = error
    while getattr(reason, "args", None) and isinstance(reason.args[0], BaseException):
        reason = reason.args[0]
    reason = getattr(reason, "reason", reason)
    return str(reason).rpartition(">: ")[2] or type(error).__name__


def _identifier(answer: Any, fields: list[str]) -> Dataset:
    """Return of one answer only what was asked for; what cannot be read is left out."""
    found = Dataset()
    for keyword in fields:
        tag = f"{tag_for_keyword(keyword) or 0:08X}"
        if not isinstance(answer, dict) or tag not in answer:
            continue
        try:
            found.update(Dataset.from_json({tag: answer[tag]}))
        except Exception:  # noqa: BLE001 - pydicom raises whatever a wrong value leads it to
            continue
    return found


def _bytes(found: Dataset) -> bytes:
    """Return an object as the bytes of a file."""
    buffer = io.BytesIO()
    dcmwrite(buffer, found, enforce_file_format=True)
    return buffer.getvalue()
