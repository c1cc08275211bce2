"""C-FIND at study, series and image level: keys in, identifiers out, all on one association."""

from pydicom import Dataset
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelFind,
)

from kerma.net.ask import answers, keys
from kerma.net.ask.answers import ImageAnswer, SeriesAnswer, StudyAnswer
from kerma.net.node.faults import OUT_OF_RESOURCES, Busy, Lost, Unwilling, status_text
from kerma.net.node.session import Session
from kerma.net.telling import Teller
from kerma.net.wanted import Wanted
from kerma.store.models import RemoteNode

_MODEL = str(StudyRootQueryRetrieveInformationModelFind)
_PENDING = (0xFF00, 0xFF01)


class Finder:
    """Asks a node by C-FIND what it has; to be used in a `with` statement."""

    def __init__(self, node: RemoteNode, teller: Teller) -> None:
        self.name = node.name
        self._modality_too = node.modality_in_study_query
        self._session = Session(node, teller, [(_MODEL, ())])

    def __enter__(self) -> "Finder":
        self._session.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._session.__exit__(*raised)

    def studies(self, wanted: Wanted, modality: str) -> list[StudyAnswer]:
        """Return the studies of a modality of DICOM."""
        asked = keys.study_keys(wanted, modality, modality_too=self._modality_too)
        return answers.studies(self._find(asked))

    def series(self, study: str) -> list[SeriesAnswer]:
        """Return the series of a study."""
        return answers.series(self._find(keys.series_keys(study)), study)

    def images(self, study: str, series: str) -> list[ImageAnswer]:
        """Return the objects of a series."""
        return answers.images(self._find(keys.image_keys(study, series)), series)

    def _find(self, asked: Dataset) -> list[Dataset]:
        return self._session.request(lambda: self._once(asked))

    def _once(self, asked: Dataset) -> list[Dataset]:
        found: list[Dataset] = []
        for status, _, identifier in self._session.exchange("send_c_find", asked, model=_MODEL):
            if status in _PENDING:
                if identifier is None:
                    raise Unwilling("An answer of the node cannot be read.")
                found.append(identifier)
            elif status == 0 or 0xB000 <= status <= 0xBFFF:
                return found
            elif status in OUT_OF_RESOURCES:
                raise Busy(f"The node answered the query with {status_text(status)}.")
            else:
                raise Unwilling(f"The node answered the query with {status_text(status)}.")
        raise Lost("The node ended its answer without a status.")
