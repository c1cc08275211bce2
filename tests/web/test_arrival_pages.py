"""Pages about rules of arrival, physics studies, collected studies and watched folders."""

import datetime as dt
import io
import zipfile

import pytest

from kerma.pipeline import collected, physics
from kerma.pipeline.inbox import Inbox
from kerma.store import options
from kerma.store.models import (
    ArrivalRule,
    AuditEntry,
    CollectedStudy,
    PhysicsStudy,
    WatchedFolder,
)
from tests.pipeline.arrivals import a_report, a_slice, receive, rule
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()
    return settings.KERMA_HOME


@pytest.fixture
def admin():
    return client_of("admin")


def take(*objects: bytes) -> None:
    for data in objects:
        receive(data)
    Inbox().work_off(lambda: False)


def text(response) -> str:
    return response.content.decode()


class TestRules:
    ADDRESS = "/configuration/arrival/"

    def post(self, admin, **fields):
        return admin.post(self.ADDRESS, fields, follow=True)

    def test_a_rule_is_added_and_written_down(self, admin):
        page = self.post(
            admin, kind="ignore", attribute="model", pattern="CR 85", model="x", do="add"
        )

        made = ArrivalRule.objects.get()
        assert (made.kind, made.attribute, made.pattern, made.model) == (
            "ignore", "model", "CR 85", "",
        )  # fmt: skip
        assert "The rule is added." in text(page)
        assert AuditEntry.objects.get().details["pattern"] == "CR 85"

    def test_the_same_rule_again_is_not_added(self, admin):
        rule("ignore", "model", "CR 85")

        page = self.post(admin, kind="ignore", attribute="model", pattern="CR 85", do="add")

        assert "there already" in text(page)
        assert ArrivalRule.objects.count() == 1

    def test_a_rule_can_be_tried_before_it_is_added(self, admin):
        take(*(a_report(number) for number in range(3)), a_slice())

        page = self.post(admin, kind="ignore", attribute="model", pattern="scan*", do="try")

        assert "It would meet 3 of the last 4 arrivals." in text(page)
        assert 'value="scan*"' in text(page)
        assert ArrivalRule.objects.count() == 0

    def test_whether_names_would_be_met_nobody_can_tell(self, admin):
        take(a_slice(PatientName="physics"))

        page = self.post(admin, kind="physics", attribute="patient", pattern="phys", do="try")

        assert "holds no names or IDs" in text(page)

    def test_each_rule_says_how_many_of_the_latest_arrivals_meet_it(self, admin):
        rule("ignore", "station_name", "CT-9")
        rule("collect", "scanner", "toshiba", "aquilion")
        take(a_report(1), a_report(2), a_slice())

        page = text(admin.get(self.ADDRESS))

        assert "met by 2" in page
        assert "met by 1" in page

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"kind": "ignore", "attribute": "model", "pattern": "*"}, "would meet every object"),
            ({"kind": "ignore", "attribute": "model", "pattern": ""}, "required"),
            (
                {"kind": "collect", "attribute": "scanner", "pattern": "GE", "model": "??"},
                "would meet every object",
            ),
            ({"kind": "physics", "attribute": "patient", "pattern": "?*"}, "would meet every"),
        ],
    )
    def test_a_rule_that_would_meet_everything_is_refused(self, admin, fields, words):
        assert words in text(self.post(admin, **fields))
        assert ArrivalRule.objects.count() == 0

    def test_a_list_that_there_is_not_takes_nothing(self, admin):
        assert self.post(admin, kind="collect", attribute="model", pattern="X").status_code == 200
        assert ArrivalRule.objects.count() == 0

    def test_a_rule_is_deleted(self, admin):
        one = rule("ignore", "model", "CR 85")

        admin.post(f"{self.ADDRESS}{one.pk}/delete/")

        assert ArrivalRule.objects.count() == 0
        assert AuditEntry.objects.get().action == "delete arrival rule"

    def test_switches_and_times_are_kept(self, admin):
        fields = {"physics_import": "on", "collect_minutes": 3, "arrival_log_days": 30}

        admin.post(f"{self.ADDRESS}switches/", fields)

        found = {name: options.get(name) for name in ("physics_keep", "collect_keep", *fields)}
        assert found == {
            "physics_keep": False, "collect_keep": False, "physics_import": True,
            "collect_minutes": 3, "arrival_log_days": 30,
        }  # fmt: skip
        assert AuditEntry.objects.count() == 5

    def test_a_wrong_number_changes_nothing_and_says_why(self, admin):
        fields = {"collect_minutes": 0, "arrival_log_days": 30}

        page = admin.post(f"{self.ADDRESS}switches/", fields, follow=True)

        assert "Complete after: Ensure this value is greater than or equal to 1." in text(page)
        assert options.get("physics_keep") is True


class TestLists:
    TEXT = "local model_names_to_ignore = {'CR 85', 'CR 75'}\nlocal use_physics_filtering = false"

    def post(self, admin, **fields):
        return admin.post("/configuration/arrival/lists/", fields, follow=True)

    def test_they_are_shown_before_they_are_added(self, admin):
        page = text(self.post(admin, text=self.TEXT, do="read"))

        assert "2 rules in this text" in page
        assert "CR 75" in page
        assert ArrivalRule.objects.count() == 0

    def test_they_are_added(self, admin):
        page = text(self.post(admin, text=self.TEXT, do="add"))

        assert "2 rules added." in page
        assert ArrivalRule.objects.filter(kind="ignore", attribute="model").count() == 2
        assert options.get("physics_keep") is False

    def test_a_text_without_lists_says_what_is_expected(self, admin):
        assert "None of the lists is in this text" in text(self.post(admin, text="hello"))


class TestPhysics:
    @pytest.fixture
    def study(self):
        rule("physics", "patient", "physics")
        take(a_slice(1, PatientName="physics", StudyDescription="Weekly phantom"))
        return PhysicsStudy.objects.get()

    def test_without_studies_it_says_what_to_do(self, admin):
        assert "No physics studies yet" in text(admin.get("/physics/"))

    def test_studies_are_listed_and_found(self, admin, study):
        assert "Weekly phantom" in text(admin.get("/physics/"))
        assert "Weekly phantom" in text(admin.get("/physics/?q=weekly"))
        assert "Weekly phantom" in text(admin.get(f"/physics/?q={study.study_instance_uid}"))
        assert "No physics study has these words" in text(admin.get("/physics/?q=monthly"))

    def test_the_zip_file_holds_what_has_come_so_far(self, admin, study):
        answer = admin.get(f"/physics/{study.pk}/zip/")

        with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
            assert archive.namelist() == ["1.2.7.2.1.dcm"]
        assert study.file_name in answer["Content-Disposition"]
        assert AuditEntry.objects.get().action == "download physics study"

    def test_a_file_that_is_gone_is_said_to_be(self, admin, study):
        physics.pack(study.study_instance_uid)
        (physics.folder() / study.file_name).unlink()

        page = admin.get(f"/physics/{study.pk}/zip/", follow=True)

        assert "no longer in the physics folder" in text(page)

    def test_deleting_asks_a_second_time(self, admin, study):
        page = admin.post("/physics/delete/", {"chosen": study.pk})

        assert "Really delete 1 physics study?" in text(page)
        assert PhysicsStudy.objects.count() == 1

    def test_a_deleted_study_leaves_nothing_but_a_line_in_the_audit_log(self, admin, study):
        admin.post("/physics/delete/", {"chosen": study.pk, "sure": "yes"})

        assert PhysicsStudy.objects.count() == 0
        assert list(physics.folder().iterdir()) == []
        assert AuditEntry.objects.get().details == {"study": study.study_instance_uid}

    def test_nothing_chosen_deletes_nothing(self, admin, study):
        page = admin.post("/physics/delete/", {"chosen": "x"}, follow=True)

        assert "Choose one or more studies first." in text(page)


class TestCollected:
    @pytest.fixture
    def study(self):
        rule("collect", "scanner", "toshiba", "aquilion")
        take(a_slice(1), a_slice(2))
        return CollectedStudy.objects.get()

    def test_studies_are_listed_with_their_state(self, admin, study):
        assert "Collecting" in text(admin.get("/collected/"))

        past = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        CollectedStudy.objects.update(last_at=past)
        collected.complete_due()
        assert "Complete, waiting to be read" in text(admin.get("/collected/?q=aquilion"))

    def test_as_long_as_nobody_can_read_them_the_page_says_that_they_wait(
        self, admin, study, monkeypatch
    ):
        assert "They wait here" not in text(admin.get("/collected/"))
        monkeypatch.setattr(collected, "can_read", lambda: False)
        assert "They wait here" in text(admin.get("/collected/"))

    def test_known_scanners_are_offered_until_they_are_on_the_list(self, admin):
        page = "/configuration/arrival/"
        assert "LightSpeed Plus" in text(admin.get(page))
        rule("collect", "scanner", "ge medical systems", "lightspeed plus")
        assert "Add GE MEDICAL SYSTEMS, LightSpeed Plus" not in text(admin.get(page))
        assert "Add TOSHIBA, Aquilion*" in text(admin.get(page))

    def test_a_deleted_study_leaves_nothing(self, admin, study):
        admin.post("/collected/delete/", {"chosen": study.pk, "sure": "yes"})

        assert CollectedStudy.objects.count() == 0
        assert not collected.folder_of(study).exists()


class TestWatched:
    def post(self, admin, path, stable_s=10):
        fields = {"path": path, "stable_s": stable_s}
        return admin.post("/configuration/watched/", fields, follow=True)

    def test_a_folder_is_added_and_written_down(self, admin, tmp_path):
        page = self.post(admin, f"{tmp_path}/")

        assert "The folder is watched from now on." in text(page)
        assert WatchedFolder.objects.get().path == str(tmp_path)
        assert AuditEntry.objects.get().action == "add watched folder"

    @pytest.mark.parametrize("path", ["relative", "/no/such/folder"])
    def test_a_folder_that_cannot_be_watched_is_refused(self, admin, path):
        page = text(self.post(admin, path))

        assert "whole path" in page or "no such folder" in page
        assert WatchedFolder.objects.count() == 0

    @pytest.mark.parametrize("below", ["", "/sub"])
    def test_folders_do_not_overlap(self, admin, tmp_path, below):
        (tmp_path / "sub").mkdir()
        self.post(admin, str(tmp_path))

        assert "overlaps it" in text(self.post(admin, f"{tmp_path}{below}"))

    def test_what_cannot_be_taken_is_on_the_page(self, admin, tmp_path):
        WatchedFolder.objects.create(path=str(tmp_path), trouble="link.dcm: This is a link.")

        assert "link.dcm: This is a link." in text(admin.get("/configuration/watched/"))

    def test_a_folder_is_paused_resumed_and_removed(self, admin, tmp_path):
        one = WatchedFolder.objects.create(path=str(tmp_path))
        address = f"/configuration/watched/{one.pk}/"

        admin.post(address, {"do": "switch"})
        assert not WatchedFolder.objects.get().enabled
        admin.post(address, {"do": "switch"})
        assert WatchedFolder.objects.get().enabled
        admin.post(address, {"do": "remove"})
        assert WatchedFolder.objects.count() == 0
        actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
        assert actions == [
            "pause watched folder", "resume watched folder", "remove watched folder",
        ]  # fmt: skip
