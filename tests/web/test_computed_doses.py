"""The page that switches computed doses on, and the panel of a study that shows them."""

import pytest

from kerma.pipeline import computed, follow_up
from kerma.store import options
from kerma.store.models import AuditEntry, Task
from tests.dosimetry.test_mammography import TABLES
from tests.pipeline.test_computed import a_chest
from tests.web.people import client_of, sign_in

pytestmark = pytest.mark.django_db

PAGE = "/configuration/computed-doses/"
SETS = {"ct_effective_dose_set": "lee-2012-icrp-103", "nm_effective_dose_set": "icrp-60",
        "agd_set": ""}  # fmt: skip


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    return tmp_path


@pytest.fixture
def admin():
    return client_of("admin")


def words(response):
    return " ".join(response.content.decode().split())


def test_everything_is_off_and_the_sets_are_named_with_their_sources(admin):
    said = words(admin.get(PAGE))

    assert "Effective dose is not for individual patients." in said
    assert "10.1118/1.3693052" in said
    assert "10.1186/s40658-015-0121-4" in said
    assert [
        options.get(name) for name in ("compute_ssde", "compute_effective_dose", "compute_agd")
    ] == [
        False,
        False,
        False,
    ]
    assert "Compute all anew" not in said


def test_a_change_is_kept_audited_and_worked_off_by_a_task(admin):
    answer = admin.post(PAGE, {"compute_ssde": "on", **SETS}, follow=True)

    assert "computed anew in the background" in words(answer)
    assert options.get("compute_ssde") is True
    assert options.get("compute_effective_dose") is False
    assert Task.objects.get().job == computed.JOB
    assert AuditEntry.objects.filter(action="change setting").exists()
    assert "Compute all anew" in words(answer)


def test_a_second_change_takes_the_place_of_the_work_under_way(admin):
    admin.post(PAGE, {"compute_ssde": "on", **SETS})
    admin.post(PAGE, {"compute_ssde": "on", "compute_effective_dose": "on", **SETS})

    states = list(Task.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["cancelled", "queued"]


def test_saving_without_a_change_starts_nothing(admin):
    admin.post(PAGE, SETS)

    assert not Task.objects.exists()


def test_all_can_be_computed_anew(admin):
    assert admin.post(f"{PAGE}again/").status_code == 302
    assert Task.objects.get().title == "Compute doses of all studies"


def test_mammography_cannot_be_switched_on_without_tables(admin):
    answer = words(admin.post(PAGE, {"compute_agd": "on", **SETS}))

    assert "There are no tables." in answer
    assert options.get("compute_agd") is False


def test_effective_dose_cannot_be_switched_on_without_coefficients(admin):
    given = {"compute_effective_dose": "on", **SETS}
    given |= {"ct_effective_dose_set": "", "nm_effective_dose_set": ""}

    assert "Choose coefficients, or leave the switch off." in words(admin.post(PAGE, given))


def test_tables_of_the_site_can_be_chosen(admin, home):
    (home / "coefficients" / "mammography").mkdir(parents=True)
    (home / "coefficients" / "mammography" / "own.toml").write_text(TABLES)

    admin.post(PAGE, {"compute_agd": "on", **SETS, "agd_set": "test"})

    assert options.get("agd_set") == "test"
    assert "none: these are no factors of any breast" in words(admin.get(PAGE))


def test_a_broken_file_of_the_site_is_named(admin, home):
    (home / "coefficients" / "mammography").mkdir(parents=True)
    (home / "coefficients" / "mammography" / "own.toml").write_text("[g")

    said = words(admin.get(PAGE))

    assert "own.toml is no set of coefficients" in said
    assert "Mend it or take it out" in said


def test_a_chosen_set_that_is_gone_is_told_of(admin):
    options.put("agd_set", "was-there")

    assert "A chosen set of coefficients is not there: was-there." in words(admin.get(PAGE))


def test_the_search_of_settings_finds_it(admin):
    assert admin.get("/configuration/", {"q": "ssde"}).url == PAGE


@pytest.fixture
def chest():
    options.put("compute_ssde", True)
    options.put("compute_effective_dose", True)
    pk = a_chest(effective_dose_msv=5.0)
    follow_up.follow(pk, only="computed")
    return f"/study/{pk}/"


def test_the_study_shows_value_method_inputs_and_caveat(chest):
    said = words(client_of("view").get(chest))

    assert "Computed doses" in said
    assert "Not for individual patients." in said
    assert "Lee 2012 (NCI), ICRP 103" in said
    assert "AAPM Report 204" in said
    assert "0.021 mSv/(mGy·cm)" in said
    assert "+26" in said  # 6.3 mSv computed, 5 mSv reported
    assert "1 of 1 events" in said


def test_a_value_that_cannot_be_found_says_why():
    options.put("compute_effective_dose", True)
    pk = a_chest(target_region_code="")
    follow_up.follow(pk, only="computed")

    said = words(client_of("view").get(f"/study/{pk}/"))

    assert "does not say which region" in said
    assert "so there is no sum" in said


def test_a_study_without_computed_doses_shows_no_panel():
    pk = a_chest()

    assert "Computed doses" not in words(client_of("view").get(f"/study/{pk}/"))


def test_the_events_list_computed_beside_reported_values(chest):
    said = words(client_of("view").get(chest))

    assert "SSDE computed" in said
    assert "E computed" in said


def test_the_list_can_show_the_effective_dose_but_does_not_by_default(chest):
    view = client_of("view")

    assert "E computed" not in words(view.get("/ct/")).split("<tbody")[0].split("<thead")[1]
    shown = words(view.get("/ct/", {"columns": "date,computed_effective_dose"}))
    assert ">6.3" in shown


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_value_opens_how_it_was_found(live_page, live_server, chest):
    sign_in(live_page, live_server.url, "view")
    live_page.goto(chest)

    live_page.click("section[aria-labelledby=computed] td button.why >> nth=0")

    live_page.wait_for_selector("#how-ssde-2:popover-open >> text=32 cm")
    assert live_page.is_visible("#how-ssde-2 >> text=AAPM Report 204, Size-Specific")
