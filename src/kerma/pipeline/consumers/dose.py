"""Dose monitoring: the first consumer of every object that arrives."""

from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.files import DicomFile
from kerma.dicom.screen_header import is_screen
from kerma.errors import ContentError
from kerma.extract import record_of
from kerma.extract.sources.philips_ct import stored_form
from kerma.pipeline.keep import copy_to_keep, keep
from kerma.pipeline.kinds import kind_of
from kerma.store import consumers, rules
from kerma.store.arrival import ObjectFacts, Saved
from kerma.store.rules import Rules
from kerma.store.save import already, save

_MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"


def _wants(header: DataSet) -> bool:
    return header.first(tags.SOPClassUID) != _MEDIA_DIRECTORY and not is_screen(header)


def _take(file: DicomFile, facts: ObjectFacts) -> Saved:
    """Read the record, keep a copy of the object if the site wants one, and save.

    Raises
    ------
    KermaError
        If the object carries no dose, cannot be read without guessing, or says something else
        than the stored object of its SOP Instance UID.
    """
    known = already(facts)
    if known is None:
        site = rules.load()
        copy = copy_to_keep(file, site) if _is_kept(file.data_set, site) else b""
        record = stored_form(record_of(file))
        path = keep(copy, facts.content_hash) if copy else ""
        saved = save(record, replace(facts, path=path), site)
        known = replace(saved, modality=record.modality)
    if known.outcome == "refused":
        raise ContentError(known.reason)
    return known


def _is_kept(header: DataSet, site: Rules) -> bool:
    """Return whether the site keeps copies of such objects."""
    return site.option(kind_of(header).keep, True)


consumers.add(consumers.Consumer(name="dose", wants=_wants, take=_take, order=0))
