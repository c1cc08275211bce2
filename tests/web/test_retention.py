"""What is kept of each kind of object: chosen, said in words, applied to what is kept already."""

import pytest

from kerma.dicom.write import to_bytes
from kerma.merge.kinds import _TIERS
from kerma.pipeline.find import Arrival
from kerma.pipeline.ingest import ingest
from kerma.store import keeping, options
from kerma.store.keeping import KINDS
from kerma.store.models import AuditEntry, Source, StoredObject, Study
from tests.dicom.objects import report
from tests.extract.image_objects import image_bytes
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

PAGE = "/configuration/retention/"
NUCLEAR = ("1.2.840.10008.5.1.4.1.1.20", "NM")
MAMMOGRAPHY = ("1.2.840.10008.5.1.4.1.1.1.2", "MG")
RADIOGRAPHY = ("1.2.840.10008.5.1.4.1.1.1.1", "DX")


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()
    return settings.KERMA_HOME


@pytest.fixture
def store(tmp_path):
    """Import an object; gives what became of it."""

    def store(data):
        path = tmp_path / "object.dcm"
        path.write_bytes(data)
        return ingest(Arrival(str(path)))

    return store


def a_report():
    return to_bytes(report(StudyInstanceUID="1.2.1", SOPInstanceUID="1.2.1.1"))


def an_image(sop_class, modality, number=2):
    return image_bytes(
        sop_class, modality, StudyInstanceUID=f"1.2.{number}", SOPInstanceUID=f"1.2.{number}.1",
        SeriesInstanceUID=f"1.2.{number}.0", Exposure="20", ExposureInuAs="20000",
    )  # fmt: skip


def copies(home):
    return [path for path in (home / "objects").rglob("*") if path.is_file()]


def test_every_kind_of_source_belongs_to_one_kind():
    """All kinds that `kerma.merge` ranks, but those that come from no object."""
    sources = [source for kind in KINDS for source in kind.sources]

    assert sorted(sources) == sorted(set(_TIERS))


@pytest.mark.parametrize(
    ("data", "kind"),
    [(a_report(), "reports"), (an_image(*MAMMOGRAPHY), "mammography"),
     (an_image(*RADIOGRAPHY), "radiography")],
)  # fmt: skip
def test_copies_are_kept_of_the_kinds_chosen_and_of_no_others(store, home, data, kind):
    for other in KINDS:
        options.put(other.keep, other.name != kind)

    assert store(data).outcome == "imported"

    assert copies(home) == []
    assert Source.objects.get().path == ""


@pytest.mark.parametrize(
    ("data", "kind"),
    [(a_report(), "reports"), (an_image(*MAMMOGRAPHY), "mammography"),
     (an_image(*RADIOGRAPHY), "radiography")],
)  # fmt: skip
def test_the_kind_told_by_the_header_is_that_of_the_source(store, data, kind):
    assert store(data).kind == kind

    (held,) = [one for one in keeping.held() if one.objects]
    assert held.kind.name == kind


def test_the_page_says_in_words_what_becomes_of_each_kind(store, home):
    store(a_report())
    options.put("keep_days", 365)
    options.put("keep_mammography", False)

    page = client_of("admin").get(PAGE).content.decode()

    assert page.count("A copy without identity is kept for 365 days.") == 4
    assert page.count("No copy is kept.") == 1
    assert page.count("Goes with --delete.") == 5
    assert page.count("Stays, even with --delete.") == 1
    assert f"{copies(home)[0].stat().st_size} B" in page or "kB" in page


def test_nothing_is_offered_to_be_removed_while_all_kinds_are_kept(store):
    store(a_report())

    assert b"Remove these copies" not in client_of("admin").get(PAGE).content


def test_copies_of_a_kind_kept_no_more_are_removed_when_asked_for_and_not_before(store, home):
    store(a_report())
    store(an_image(*RADIOGRAPHY))
    client = client_of("admin")

    options.put("keep_radiography", False)
    assert "1 copy" in client.get(PAGE).content.decode()
    assert len(copies(home)) == 2
    client.post(f"{PAGE}apply/")

    assert len(copies(home)) == 1
    assert Source.objects.exclude(path="").get().kind == "CT RDSR"
    assert StoredObject.objects.exclude(path="").count() == 1
    assert Study.objects.count() == 2
    entry = AuditEntry.objects.get(action="remove copies")
    assert entry.details == {"objects": 1}


def test_each_choice_is_in_the_audit_with_its_words(home):
    given = {kind.keep: "on" for kind in KINDS if kind.name != "screens"}
    given |= {kind.delete: "on" for kind in KINDS} | {"keep_days": 0, "quarantine_days": 90}

    client_of("admin").post(PAGE, given)

    entry = AuditEntry.objects.get()
    assert entry.details == {
        "setting": "Dose screens of CT scanners: keep a copy", "old": True, "new": False,
    }  # fmt: skip
