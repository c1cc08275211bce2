"""Dose screens that wait for a person: the queue, the trainer, the review, the glyph sets."""

import io
import json

import pydicom
import pytest

from kerma.demo.screens import old_scanners
from kerma.pipeline.screens import acts
from kerma.pipeline.screens.folder import read_folders
from kerma.screens import glyph_file
from kerma.store import glyph_sets, screens
from kerma.store.models import AuditEntry, GlyphSet, KnownGlyph, ScreenPicture, ScreenStudy, Study
from kerma.web.screen_letters import key_of
from tests.web import old_scans
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path / "home"


@pytest.fixture
def taught():
    """Let the letters of the Toshiba be known."""
    old_scans.teach_toshiba()


@pytest.fixture
def doubted(tmp_path):
    """Return a study whose screen shows a total that is not the sum of its rows."""
    old_scans.teach_toshiba()
    wrong = old_scanners.toshiba_study(2, old_scans.AT, total_mgycm=old_scans.WRONG_MGYCM)
    return old_scans.take(tmp_path, wrong)


@pytest.fixture
def right():
    """Return what the scanner really wrote of the study of `doubted`."""
    return old_scanners.toshiba_study(2, old_scans.AT).table


@pytest.fixture
def untaught(tmp_path):
    """Return a study in letters that nobody has named."""
    return old_scans.take(tmp_path, old_scanners.ge_study(7, old_scans.AT))


def page(client, address):
    return client.get(address).content.decode()


def fields(client, study):
    """Return what a browser would send of the review page as it is shown."""
    context = client.get(f"/screens/{study.pk}/").context
    form = context["form"]
    given = {"rows": len(form.rows), "read_as": context["read_as"]}
    for row in form.rows:
        given[f"{row.at}-origin"] = row.origin
        given |= {field.id: field.text for field in (*row.main, *row.more)}
    return given | {field.id: field.text for field in form.totals}


def with_totals(given, table):
    """Return the fields with the totals that the scanner really wrote."""
    names = [n for n, v in given.items() if n.startswith("total-") and v == "999.9"]
    assert names
    return given | {name: str(table.total_dlp_mgycm) for name in names}


def test_an_empty_queue_says_how_screens_get_here():
    shown = page(client_of("admin"), "/screens/")

    assert "No dose screens yet" in shown
    assert "kerma import FOLDER" in shown


def test_the_queue_says_of_each_study_why_it_waits(doubted, untaught):
    shown = page(client_of("import-size"), "/screens/")

    assert "unknown glyphs" in shown
    assert "999.9" in shown
    assert f'href="/screens/{doubted.pk}/"' in shown
    assert "/screens/letters/?manufacturer=GE+MEDICAL+SYSTEMS" in shown


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "models"),
    [
        ("?state=review", {"Aquilion CX"}),
        ("?state=glyphs", {"LightSpeed16"}),
        ("?state=stored", set()),
        ("?q=toshiba", {"Aquilion CX"}),
        ("?q=CT-SA-GE", {"LightSpeed16"}),
        ("?q=nothing", set()),
    ],
)
def test_the_filters_leave_out_the_rest(doubted, untaught, query, models):
    lines = client_of("admin").get(f"/screens/{query}").context["lines"]

    assert {line.study.model for line in lines} == models


@pytest.mark.parametrize(
    ("order", "first"), [("scanner", "GE MEDICAL SYSTEMS"), ("-scanner", "TOSHIBA")]
)
def test_a_heading_orders(doubted, untaught, order, first):
    lines = client_of("admin").get(f"/screens/?order={order}").context["lines"]

    assert lines[0].study.manufacturer == first


def test_the_queue_asks_the_database_a_fixed_number_of_times(
    doubted, django_assert_max_num_queries
):
    client = client_of("admin")
    with django_assert_max_num_queries(10):
        client.get("/screens/")
    for number in range(30):
        ScreenStudy.objects.create(study_instance_uid=f"1.2.{number}", state="review")

    with django_assert_max_num_queries(10):
        client.get("/screens/")


def test_the_home_page_tells_those_who_may_see_to_it(doubted):
    assert "1 study of scanners without reports waits" in page(client_of("admin"), "/")
    assert "scanners without reports" not in page(client_of("view"), "/")


# ---------- Pictures ----------


def test_a_blanked_picture_is_for_all_who_browse(doubted):
    picture = doubted.pictures.get()
    assert picture.is_blanked

    response = client_of("view").get(f"/screens/picture/{picture.pk}/")

    assert response.status_code == 200
    assert response.content.startswith(b"\x89PNG")
    assert response["Cache-Control"] == "private, no-store"


def test_a_picture_that_may_name_the_patient_is_for_the_pid_group_alone(untaught):
    picture = untaught.pictures.get()
    assert not picture.is_blanked
    address = f"/screens/picture/{picture.pk}/"

    for groups in (("admin",), ("view",), ("import-size", "export")):
        assert client_of(*groups).get(address).status_code == 403
    assert not AuditEntry.objects.filter(action="see dose screen with names").exists()

    assert client_of("admin", "pid").get(address).status_code == 200
    assert AuditEntry.objects.filter(action="see dose screen with names").count() == 1


@pytest.mark.parametrize(("groups", "sees"), [(("admin",), False), (("admin", "pid"), True)])
def test_pages_do_not_ask_for_pictures_that_one_may_not_see(untaught, groups, sees):
    picture = untaught.pictures.get()
    client = client_of(*groups)

    for address in (f"/screens/{untaught.pk}/", f"/screens/letters/?{query_of(untaught)}"):
        shown = page(client, address)
        assert (f"/screens/picture/{picture.pk}/" in shown) == sees
        assert ("people in the group “pid”" in shown) != sees


def test_a_picture_that_is_kept_no_longer_is_missed_in_words(doubted):
    ScreenPicture.objects.update(sealed_picture="")

    assert "not kept any more" in page(client_of("admin"), f"/screens/{doubted.pk}/")
    assert (
        client_of("view").get(f"/screens/picture/{doubted.pictures.get().pk}/").status_code == 404
    )


# ---------- Trainer ----------


def query_of(study):
    return (
        f"manufacturer={study.manufacturer}&model={study.model}"
        f"&software_versions={study.software_versions}"
    ).replace(" ", "+")


def scanner_fields(study):
    return {name: getattr(study, name) for name in ("manufacturer", "model", "software_versions")}


def teach(client, study, **more):
    return client.post("/screens/letters/teach/", {**scanner_fields(study), **more}, follow=True)


def shown_glyph(client, study):
    return client.get(f"/screens/letters/?{query_of(study)}").context["one"]


def test_the_most_frequent_shape_comes_first(untaught):
    unknown = screens.reading_of(untaught).unknown
    times = [one.glyph for _, one in unknown]

    first = shown_glyph(client_of("admin"), untaught)

    assert first.times == max(times.count(glyph) for glyph in times)


def test_what_is_typed_is_kept_and_the_next_shape_shown(untaught):
    client = client_of("admin")
    first = shown_glyph(client, untaught)

    teach(client, untaught, glyph=first.key, text="x", do="type")

    known = glyph_sets.record_of(glyph_sets.own_set(screens.scanner_of(untaught))).texts
    assert known == {first.glyph: "x"}
    assert shown_glyph(client, untaught).key != first.key


def test_nothing_typed_is_refused_in_a_sentence(untaught):
    client = client_of("admin")
    first = shown_glyph(client, untaught)

    response = teach(client, untaught, glyph=first.key, text=" ", do="type")

    assert "Type the letter, digit or sign that you see" in response.content.decode()
    assert not GlyphSet.objects.exists()


def test_what_is_no_letter_is_kept_as_such_and_can_be_taken_back(untaught):
    client = client_of("admin")
    first = shown_glyph(client, untaught)

    shown = teach(client, untaught, glyph=first.key, text="", do="nothing").content.decode()
    assert "Undo “not a letter”" in shown

    teach(client, untaught, do="undo")
    assert shown_glyph(client, untaught).key == first.key


def test_shapes_that_look_alike_are_shown_beside(untaught):
    """Every letter of a set is most like itself; those of a pixel less are alike."""
    client = client_of("admin")
    typed = old_scans.ge_glyphs(7)
    scanner = screens.scanner_of(untaught)
    glyph_sets.import_set(typed, None, replace=False)
    own = glyph_sets.own_set(scanner)
    zero = next(one for one in own.glyphs.all() if one.text == "0")
    glyph_sets.delete_glyph(zero, None)

    context = client.get(
        f"/screens/letters/?{query_of(untaught)}&glyph={key_of(glyph_sets.shape_of(zero))}"
    ).context

    assert context["one"].glyph == glyph_sets.shape_of(zero)
    assert {"O", "6", "8", "9"} & {text for _, text in context["alike"]}


def test_the_last_letter_has_the_screens_read_anew(untaught):
    client = client_of("admin")
    for glyph, text in old_scans.ge_glyphs(7).texts.items():
        teach(client, untaught, glyph=key_of(glyph), text=text, do="type" if text else "nothing")
    assert "read anew" in page(client, f"/screens/letters/?{query_of(untaught)}")

    old_scans.work()

    untaught.refresh_from_db()
    assert untaught.state == ScreenStudy.State.STORED
    shown = page(client, f"/screens/letters/?{query_of(untaught)}")
    assert "All letters are known" in shown
    assert Study.objects.get().dlp_mgycm == pytest.approx(
        old_scanners.ge_study(7, old_scans.AT).table.total_dlp_mgycm
    )


def test_screens_whose_letters_came_from_elsewhere_are_read_when_asked(untaught):
    client = client_of("admin")
    glyph_sets.import_set(old_scans.ge_glyphs(7), None, replace=False)
    assert "Read anew" in page(client, f"/screens/letters/?{query_of(untaught)}")

    teach(client, untaught, do="read")
    old_scans.work()

    untaught.refresh_from_db()
    assert untaught.state == ScreenStudy.State.STORED


@pytest.mark.both_databases
def test_the_glyphs_of_another_scanner_are_offered_where_they_explain_everything(untaught):
    client = client_of("admin")
    other = glyph_sets.import_set(
        glyph_file.load(
            glyph_file.dump(old_scans.ge_glyphs(7)).replace("LightSpeed16", "LightSpeed Ultra")
        ),
        None,
        replace=False,
    )
    shown = page(client, f"/screens/letters/?{query_of(untaught)}")
    assert "LightSpeed Ultra" in shown
    assert "explain everything" in shown

    client.post("/screens/letters/adopt/", {**scanner_fields(untaught), "glyph_set": other.pk})
    old_scans.work()

    untaught.refresh_from_db()
    assert untaught.state == ScreenStudy.State.STORED


# ---------- Review ----------


def test_the_review_shows_doubts_and_the_places_of_values(doubted):
    shown = page(client_of("admin"), f"/screens/{doubted.pk}/")

    assert "999.9" in shown
    assert "doubt" in shown
    assert shown.count('class="place') > 4


def test_what_is_typed_is_checked_without_being_stored(doubted, right):
    client = client_of("admin")
    given = with_totals(fields(client, doubted), right)

    part = client.post(
        f"/screens/{doubted.pk}/check/", given, headers={"HX-Request": "true"}
    ).content.decode()

    assert "Everything agrees" in part
    assert not Study.objects.exists()


@pytest.mark.both_databases
def test_a_corrected_study_is_stored_with_where_it_comes_from(doubted, right):
    client = client_of("admin", "view")
    given = with_totals(fields(client, doubted), right)

    client.post(f"/screens/{doubted.pk}/decide/", {**given, "do": "confirm"})

    stored = Study.objects.get()
    assert stored.dlp_mgycm == pytest.approx(right.total_dlp_mgycm)
    shown = page(client, f"/study/{stored.pk}/")
    assert "Read from a dose screen" in shown
    assert "Corrected by a person" in shown
    assert "999.9" in shown  # what was read stays to be seen
    assert f"/screens/picture/{doubted.pictures.get().pk}/" in shown
    assert f"/screens/{doubted.pk}/" in shown  # to correct it again


@pytest.mark.both_databases
def test_a_stored_study_says_that_another_screen_came_after_a_person_had_decided(
    doubted, right, tmp_path
):
    client = client_of("admin", "view")
    given = with_totals(fields(client, doubted), right)
    client.post(f"/screens/{doubted.pk}/decide/", {**given, "do": "confirm"})
    stored = Study.objects.get()
    exam = old_scanners.toshiba_study(2, old_scans.AT)
    late = pydicom.dcmread(io.BytesIO(exam.files[0]))
    late.SOPInstanceUID = late.file_meta.MediaStorageSOPInstanceUID = "1.2.3.99"
    late.save_as(tmp_path / "late.dcm")
    list(read_folders([str(tmp_path / "late.dcm")]))

    assert ScreenStudy.objects.get().state == ScreenStudy.State.REVIEW
    shown = page(client, f"/study/{stored.pk}/")
    assert "A dose screen waits for a person" in shown
    assert "stays as it is until a person has looked" in shown
    assert Study.objects.get().dlp_mgycm == stored.dlp_mgycm


@pytest.mark.both_databases
def test_a_stored_study_says_that_its_screen_waits_to_be_looked_at_again(taught, tmp_path):
    old_scans.take(tmp_path, old_scanners.toshiba_study(2, old_scans.AT))
    stored = Study.objects.get()
    dlp_mgycm = stored.dlp_mgycm
    [eight] = KnownGlyph.objects.filter(text="8")
    glyph_sets.change_glyph(eight, "3", None)
    acts.read_again(glyph_sets.scanner_of_set(GlyphSet.objects.get()), None, and_stored=True)
    old_scans.work()

    waiting = ScreenStudy.objects.get()
    assert waiting.state == ScreenStudy.State.REVIEW
    shown = page(client_of("admin", "view"), f"/study/{stored.pk}/")
    assert "The dose screen says something else now" in shown
    assert f'href="/screens/{waiting.pk}/"' in shown
    assert f"/screens/{waiting.pk}/" not in page(client_of("view"), f"/study/{stored.pk}/")
    assert Study.objects.get().dlp_mgycm == dlp_mgycm


def test_a_doubt_that_remains_needs_a_reason(doubted):
    client = client_of("admin")
    given = fields(client, doubted)
    address = f"/screens/{doubted.pk}/decide/"

    refused = client.post(address, {**given, "do": "confirm"})
    assert refused.status_code == 422
    assert "give the reason" in refused.content.decode()
    assert not Study.objects.exists()

    reason = "The total counts a scan of another day"
    client.post(address, {**given, "do": "confirm", "reason": reason})
    assert Study.objects.count() == 1
    assert reason in page(client, f"/screens/{doubted.pk}/")


def test_what_is_no_number_is_refused_and_stays_to_be_corrected(doubted):
    client = client_of("admin")
    given = fields(client, doubted) | {"0-dlp_mgycm": "12.3.4"}

    response = client.post(f"/screens/{doubted.pk}/decide/", {**given, "do": "confirm"})

    assert response.status_code == 422
    assert "DLP of row 1 is “12.3.4”" in response.content.decode()
    assert not Study.objects.exists()


def test_what_was_typed_beside_another_reading_is_not_stored(doubted, right):
    client = client_of("admin")
    given = with_totals(fields(client, doubted), right)
    reading = doubted.reading
    reading["table"]["rows"] = list(reading["table"]["rows"])[:1]
    ScreenStudy.objects.filter(pk=doubted.pk).update(reading=reading)

    response = client.post(f"/screens/{doubted.pk}/decide/", {**given, "do": "confirm"})

    assert "read anew while you had them open" in response.content.decode()
    assert not Study.objects.exists()


def test_rows_are_added_and_removed(doubted):
    client = client_of("admin")
    given = fields(client, doubted)
    rows = int(given["rows"])
    address = f"/screens/{doubted.pk}/check/"

    more = client.post(address, {**given, "do": "add"}).context["form"]
    fewer = client.post(address, {**given, "do": "remove-0"}).context["form"]

    assert (len(more.rows), more.rows[-1].origin) == (rows + 1, -1)
    assert [row.origin for row in fewer.rows] == list(range(1, rows))


def test_a_table_that_could_not_be_read_is_typed_from_the_picture(untaught):
    client = client_of("admin", "pid")
    given = fields(client, untaught) | {
        "rows": 1, "0-origin": -1, "0-protocol": "Head", "0-ctdivol_mgy": "40.00",
        "0-scanning_length_mm": "150", "0-dlp_mgycm": "600.00", "0-phantom_mm": "160",
        "0-acquisition_type": "Sequenced Acquisition", "total-total_dlp_mgycm": "600.00",
    }  # fmt: skip

    client.post(
        f"/screens/{untaught.pk}/decide/",
        {**given, "do": "confirm", "reason": "typed from the picture"},
    )

    stored = Study.objects.get()
    assert stored.dlp_mgycm == pytest.approx(600)
    assert "corrected by" in page(client, f"/screens/{untaught.pk}/")


def test_put_away_and_taken_up_again(doubted):
    client = client_of("admin")
    address = f"/screens/{doubted.pk}/decide/"

    client.post(address, {"do": "reject"})
    assert "Put away as no dose screen" in page(client, f"/screens/{doubted.pk}/")

    client.post(address, {"do": "reopen"})
    doubted.refresh_from_db()
    assert doubted.state == ScreenStudy.State.REVIEW


def test_the_next_one_is_at_hand(doubted, tmp_path):
    other = old_scans.take(
        tmp_path, old_scanners.toshiba_study(5, old_scans.AT, total_mgycm=old_scans.WRONG_MGYCM)
    )

    assert f'href="/screens/{other.pk}/" rel="next"' in page(
        client_of("admin"), f"/screens/{doubted.pk}/"
    )


def test_a_study_read_without_a_doubt_says_so_on_its_page(tmp_path):
    old_scans.teach_toshiba()
    old_scans.take(tmp_path, old_scanners.toshiba_study(1, old_scans.AT))
    stored = Study.objects.get()

    shown = page(client_of("view"), f"/study/{stored.pk}/")

    assert "Read without a doubt" in shown
    assert "Correct</a>" not in shown  # for people who may, only


# ---------- Glyph sets ----------


def test_a_set_is_saved_to_a_file_and_comes_back_from_it():
    old_scans.teach_toshiba()
    own = GlyphSet.objects.get()
    client = client_of("admin")
    file = client.get(f"/screens/glyphs/{own.pk}/export/").content.decode()
    assert json.loads(file)["model"] == "Aquilion CX"
    before = glyph_sets.record_of(own).texts
    client.post(f"/screens/glyphs/{own.pk}/change/", {"do": "delete-set", "sure": "yes"})
    assert not GlyphSet.objects.exists()

    preview = client.post("/screens/glyphs/import/", {"text": file})
    assert not GlyphSet.objects.exists()
    assert len(preview.context["preview"].new) == len(before)

    client.post("/screens/glyphs/import/", {"text": file, "sure": "yes"})
    assert glyph_sets.record_of(GlyphSet.objects.get()).texts == before


def test_contradictions_of_a_file_are_shown_before_anything_changes():
    old_scans.teach_toshiba()
    own = GlyphSet.objects.get()
    file = glyph_file.dump(glyph_sets.record_of(own))
    one = own.glyphs.filter(text="8").first()
    glyph_sets.change_glyph(one, "3", None)

    preview = client_of("admin").post("/screens/glyphs/import/", {"text": file}).context["preview"]

    assert [(c.here, c.there) for c in preview.conflicts] == [("3", "8")]
    one.refresh_from_db()
    assert one.text == "3"


@pytest.mark.parametrize("text", ["", "hello", "{}", "[1, 2", '{"format": "other"}'])
def test_a_file_that_is_none_of_glyphs_is_refused_in_a_sentence(text):
    response = client_of("admin").post("/screens/glyphs/import/", {"text": text}, follow=True)

    assert "This is no file of glyphs" in response.content.decode()


def test_glyphs_are_corrected_and_deleted_on_the_page_of_the_set():
    old_scans.teach_toshiba()
    own = GlyphSet.objects.get()
    wrong, gone = own.glyphs.order_by("pk")[:2]

    client_of("admin").post(
        f"/screens/glyphs/{own.pk}/change/",
        {"do": "change", f"text-{wrong.pk}": "Ω", f"delete-{gone.pk}": "on"},
    )

    wrong.refresh_from_db()
    assert wrong.text == "Ω"
    assert not own.glyphs.filter(pk=gone.pk).exists()


def test_deleting_a_set_asks_a_second_time():
    old_scans.teach_toshiba()
    own = GlyphSet.objects.get()

    shown = client_of("admin").post(f"/screens/glyphs/{own.pk}/change/", {"do": "delete-set"})

    assert "Really delete" in shown.content.decode()
    assert GlyphSet.objects.exists()
