"""The glyphs of scanners: taught, corrected, shared."""

import pytest
from django.contrib.auth.models import User

from kerma.screens import glyph_file
from kerma.screens.glyph_set import GlyphSet as Shapes
from kerma.screens.page import Glyph
from kerma.screens.reading import Scanner
from kerma.screens.train import GlyphConflict
from kerma.store import glyph_sets
from kerma.store.models import AuditEntry, GlyphSet, KnownGlyph

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SCANNER = Scanner(manufacturer="ACME", model="CT 1", software_versions="V2", station_name="ROOM1")
OTHER = Scanner(manufacturer="ACME", model="CT 2", software_versions="V2")
ONE = Glyph(width=2, height=3, bits=b"\xa8")
TWO = Glyph(width=3, height=3, bits=b"\xff\x80")
LINE = Glyph(width=4, height=1, bits=b"\xf0")


@pytest.fixture
def user():
    return User.objects.create_user("ada")


def texts(scanner):
    return glyph_sets.record_of(glyph_sets.own_set(scanner)).texts


def test_what_is_taught_is_kept_for_that_scanner_and_software_alone(user):
    glyph_sets.name_glyph(ONE, "1", SCANNER, user)

    assert texts(SCANNER) == {ONE: "1"}
    assert glyph_sets.own_set(OTHER) is None
    assert KnownGlyph.objects.get().typed_by == user
    assert AuditEntry.objects.get().action == "teach a glyph"


def test_the_same_again_changes_nothing(user):
    glyph_sets.name_glyph(ONE, "1", SCANNER, user)
    glyph_sets.name_glyph(ONE, "1", SCANNER, user)

    assert KnownGlyph.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_a_shape_that_is_known_is_not_taught_as_something_else(user):
    glyph_sets.name_glyph(ONE, "1", SCANNER, user)

    with pytest.raises(GlyphConflict, match="known as '1'"):
        glyph_sets.name_glyph(ONE, "l", SCANNER, user)

    assert texts(SCANNER) == {ONE: "1"}


def test_what_is_no_letter_is_known_too(user):
    glyph_sets.name_glyph(LINE, "", SCANNER, user)

    assert texts(SCANNER) == {LINE: ""}


def test_the_last_one_can_be_taken_back(user):
    glyph_sets.name_glyph(ONE, "l", SCANNER, user)
    glyph_sets.unname_glyph(ONE, SCANNER, user)
    glyph_sets.name_glyph(ONE, "1", SCANNER, user)

    assert texts(SCANNER) == {ONE: "1"}


def test_adopting_brings_what_is_missing_and_leaves_what_is_known(user):
    glyph_sets.name_glyph(ONE, "1", SCANNER, user)
    glyph_sets.name_glyph(ONE, "l", OTHER, user)
    glyph_sets.name_glyph(TWO, "2", OTHER, user)

    assert glyph_sets.adopt(glyph_sets.own_set(OTHER), SCANNER, user) == 1

    assert texts(SCANNER) == {ONE: "1", TWO: "2"}
    assert glyph_sets.own_set(SCANNER).source == "glyphs of ACME CT 2 V2"


def test_a_set_for_any_software_comes_after_the_own_one(user):
    for software in ("", "V1", "V2"):
        GlyphSet.objects.create(manufacturer="ACME", model="CT 1", software_versions=software)

    found = glyph_sets.sets_for(SCANNER)

    assert [one.software_versions for one in found] == ["V2", ""]


def test_only_sets_that_know_every_shape_explain_them(user):
    glyph_sets.name_glyph(ONE, "1", OTHER, user)
    assert glyph_sets.all_known([ONE, TWO], None) == []

    glyph_sets.name_glyph(TWO, "2", OTHER, user)
    other = glyph_sets.own_set(OTHER)

    assert glyph_sets.all_known([ONE, TWO], None) == [other.pk]
    assert glyph_sets.all_known([ONE, TWO], other) == []
    assert glyph_sets.all_known([], None) == []


@pytest.mark.parametrize(("replace", "kept"), [(False, "1"), (True, "l")])
def test_a_file_wins_only_where_it_was_said_so(user, replace, kept):
    glyph_sets.name_glyph(ONE, "1", SCANNER, user)
    shapes = Shapes(
        name="x", manufacturer="ACME", model="CT 1", software_versions="V2",
        texts={ONE: "l", TWO: "2"}, source="another site",
    )  # fmt: skip

    glyph_sets.import_set(shapes, user, replace=replace)
    glyph_sets.import_set(shapes, user, replace=replace)

    assert texts(SCANNER) == {ONE: kept, TWO: "2"}
    assert glyph_sets.own_set(SCANNER).source == "another site"


def test_a_set_survives_the_way_through_a_file(user):
    for glyph, text in ((ONE, "1"), (TWO, "CT"), (LINE, "")):
        glyph_sets.name_glyph(glyph, text, SCANNER, user)
    file = glyph_file.dump(glyph_sets.record_of(glyph_sets.own_set(SCANNER)))
    glyph_sets.delete_set(glyph_sets.own_set(SCANNER), user)

    glyph_sets.import_set(glyph_file.load(file), user, replace=False)

    assert texts(SCANNER) == {ONE: "1", TWO: "CT", LINE: ""}


def test_a_file_that_names_no_scanner_is_refused(user):
    with pytest.raises(glyph_sets.NoScanner, match="whose screens"):
        glyph_sets.import_set(Shapes(name="x", texts={ONE: "1"}), user, replace=False)


def test_correcting_says_who_and_what(user):
    glyph_sets.name_glyph(ONE, "l", SCANNER, None)

    glyph_sets.change_glyph(KnownGlyph.objects.get(), "1", user)

    assert texts(SCANNER) == {ONE: "1"}
    assert AuditEntry.objects.latest("pk").details == {
        "glyph_set": "ACME CT 1 V2", "before": "l", "after": "1",
    }  # fmt: skip
