import pytest

from kerma.dicom import write
from kerma.dicom.write import container, num, text
from kerma.errors import UnsupportedObject
from tests.extract.ct_reports import DLP_TOTAL, accumulated, dcm, event, read, report

COMPREHENSIVE = "1.2.840.10008.5.1.4.1.1.88.33"


@pytest.mark.parametrize("number", [22, 33, 34, 11])
def test_dose_in_a_general_structured_report_is_read(number):
    record = read(report(SOPClassUID=f"1.2.840.10008.5.1.4.1.1.88.{number}"))

    assert (record.kind, record.modality) == ("enhanced SR", "CT")
    assert record.events[0].dlp_mgycm == 280


def test_only_the_kind_tells_a_wrapped_report_from_the_original():
    uids = {"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.3", "SOPInstanceUID": "1.4"}

    wrapped, original = read(report(SOPClassUID=COMPREHENSIVE, **uids)), read(report(**uids))

    assert wrapped.events == original.events
    assert (wrapped.totals, original.kind) == (original.totals, "CT RDSR")


def test_a_report_without_title_is_known_by_its_containers():
    made = report(
        accumulated(num(DLP_TOTAL, 280, "mGy.cm")),
        event(),
        procedure=None,
        SOPClassUID=COMPREHENSIVE,
    )
    del made.ConceptNameCodeSequence

    assert read(made).totals.events == 1


def test_a_report_on_something_else_is_refused_by_its_title():
    root = container(("18748-4", "LN", "Diagnostic imaging report"), text(dcm("121071"), "Clear."))

    with pytest.raises(UnsupportedObject, match="Diagnostic imaging report"):
        read(write.document(root, SOPClassUID=COMPREHENSIVE))
