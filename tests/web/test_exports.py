"""The pages of exports: asked for, made, downloaded, aborted, deleted, expired."""

import datetime as dt
import os
import resource
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group, User

from kerma.exports import base
from kerma.exports.base import Format, Made
from kerma.pipeline import exporting
from kerma.store import jobs, options
from kerma.store.engine import run
from kerma.store.models import AuditEntry, Export, Study, Task
from tests.query.hospital import ct_event, exposure, store
from tests.web.people import client_of
from tests.web.test_frame import INLINE

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def _write(plan, data, out, progress):
    for number, study in enumerate(data.ids):
        progress(number, len(data.ids))
        out.write(f"{study}{' with names' if plan.identity else ''}\n".encode())
    return Made(len(data.ids), len(data.ids))


base.add(
    Format("test-lines", "Lines", ".txt", frozenset({"CT", "RF"}), _write, "For tests.", order=1)
)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    return tmp_path


@pytest.fixture
def client(hospital):
    return client_of("export")


def asked(client, address="/exports/new/ct/", **given):
    answer = client.post(address, {"format": "test-lines"} | given)
    return answer, Export.objects.order_by("-pk").first()


def made(client, address="/exports/new/ct/", **given):
    export = asked(client, address, **given)[1]
    run(export.task_id)
    export.refresh_from_db()
    return export


def fetched(client, export):
    """Return the status of a download, and its bytes to the end, where the file is closed."""
    answer = client.get(f"/exports/{export.pk}/download/")
    said = b"".join(answer)
    return answer.status_code, said


def page(client, address="/exports/"):
    answer = client.get(address)
    assert answer.status_code == 200
    said = answer.content.decode()
    assert not INLINE.search(said)
    return said


def test_a_list_leads_to_its_formats_with_its_filters(client):
    listed = page(client, "/ct/?study_description=low&page=1")

    assert 'href="/exports/new/ct/?study_description=low' in listed
    offered = page(client, "/exports/new/ct/?study_description=low")
    assert "1 study" in offered
    assert "contains “low”" in offered
    assert "Lines" in offered


def test_what_is_made_holds_the_studies_of_the_filter_and_is_downloaded(client):
    export = made(client, "/exports/new/ct/?study_description=low")

    said = page(client)
    answer = client.get(f"/exports/{export.pk}/download/")
    written = b"".join(answer)

    assert (export.state, export.studies) == ("done", 1)
    assert "1 study" in said
    assert written.count(b"\n") == 1
    assert answer["Content-Disposition"].startswith('attachment; filename="kerma-ct-test-lines-')
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Length"] == str(export.size_bytes)


def test_who_exported_what_is_in_the_audit_log_but_not_whom(client, hospital):
    pid = client_of("export", "pid")
    export = made(pid, "/exports/new/ct/?patient_name=byron", identity="yes")
    fetched(pid, export)

    entries = {entry.action: entry for entry in AuditEntry.objects.all()}
    assert entries["download export"].details["studies"] == 1
    assert entries["download export"].details["identity"] is True
    assert entries["ask for export"].details["filters"] == ["patient_name"]
    assert "byron" not in str([entry.details for entry in entries.values()]).lower()


def test_names_are_for_members_of_pid_alone(client):
    answer, export = asked(client, identity="yes")
    assert export is None
    assert "members of the group pid" in answer.content.decode()

    pid = client_of("export", "pid")
    assert "With names" in page(pid, "/exports/new/ct/")
    assert "With names" not in page(client, "/exports/new/ct/")
    assert client.get("/exports/new/ct/?patient_name=byron").status_code == 400
    with_names = made(pid, identity="yes")
    assert b"with names" in fetched(pid, with_names)[1]
    admin = client_of("export", "admin")
    assert fetched(admin, with_names)[0] == 404
    assert "with patient names" in page(admin)
    assert fetched(client_of("export", "admin", "pid"), with_names)[0] == 200


def test_who_has_left_the_group_gets_no_names_any_more(client):
    pid = client_of("export", "pid")
    before = made(pid, identity="yes")
    waiting = asked(pid, identity="yes")[1]
    User.objects.get(username="user-export-pid").groups.remove(Group.objects.get(name="pid"))

    run(waiting.task_id)

    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert "members of the group pid" in waiting.fault
    assert fetched(pid, before)[0] == 404


def test_who_was_searched_for_is_not_shown_to_administrators_outside_pid(client):
    made(client_of("export", "pid"), "/exports/new/ct/?patient_name=Byron")

    said = page(client_of("export", "admin"))

    assert "Byron" not in said
    assert "Patient name not shown" in said


def test_people_have_their_own_exports_and_administrators_those_of_all(client):
    other = client_of("export", "view")
    export = made(client)

    assert fetched(other, export)[0] == 404
    assert other.post(f"/exports/{export.pk}/again/").status_code == 404
    other.post("/exports/delete/", {"export": [export.pk]})
    assert Export.objects.filter(pk=export.pk).exists()
    assert fetched(client_of("export", "admin"), export)[0] == 200


def test_a_filter_that_matches_nothing_is_told_before_and_in_the_end(client):
    assert "No study meets the filter" in page(client, "/exports/new/ct/?dlp_min=9999")

    export = made(client, "/exports/new/ct/?dlp_min=9999")

    assert export.state == "failed"
    assert "No study meets the filters" in page(client)
    assert client.get(f"/exports/{export.pk}/download/", follow=True).status_code == 200
    assert not list(exporting.folder().iterdir())


def test_an_unknown_format_or_choice_is_refused_with_what_there_is(client):
    answer = client.post("/exports/new/ct/", {"format": "paper"})

    assert "no export &#x27;paper&#x27; for CT" in answer.content.decode()
    assert not Export.objects.exists()


def test_aborting_one_that_waits_ends_it_and_nothing_is_made(client):
    export = asked(client)[1]
    assert "Abort" in page(client)

    client.post(f"/exports/{export.pk}/abort/")
    run(export.task_id)

    export.refresh_from_db()
    assert (export.state, export.path) == ("aborted", "")
    assert Task.objects.get().state == "cancelled"
    assert not list(exporting.folder().iterdir())


def test_aborting_one_that_runs_leaves_no_file(client, monkeypatch):
    export = asked(client)[1]
    monkeypatch.setattr("kerma.store.job._TELL_S", 0.0)

    def write(plan, data, out, progress):
        out.write(b"half of it")
        exporting.abort(export, export.user)
        progress(1, 2)
        raise AssertionError

    monkeypatch.setitem(base.registry._items, "test-lines",
                        base.registry["test-lines"]._replace(write=write))  # fmt: skip
    run(export.task_id)

    export.refresh_from_db()
    assert (export.state, export.path) == ("aborted", "")
    assert not list(exporting.folder().iterdir())
    assert "Aborted" in page(client)


def test_a_task_terminated_elsewhere_is_an_export_aborted(client):
    export = asked(client)[1]
    jobs.cancel(export.task_id)

    assert "Aborted" in page(client)


def test_a_worker_that_died_is_told_with_its_reason(client):
    export = asked(client)[1]
    Export.objects.update(state="running")
    Task.objects.update(state="failed", error="Its worker was ended 3 times.")

    assert "Its worker was ended 3 times." in page(client)
    export.refresh_from_db()
    assert export.state == "failed"


def test_a_job_repeated_after_its_worker_was_killed_makes_one_file(client, home):
    export = asked(client)[1]
    Export.objects.update(state="running")
    (exporting.folder() / "1-left.txt.part").write_bytes(b"half")

    run(export.task_id)
    run(export.task_id)

    export.refresh_from_db()
    assert export.state == "done"
    assert {path.name for path in exporting.folder().iterdir()} == {export.path, "1-left.txt.part"}


def test_files_that_no_row_knows_are_swept_once_they_are_old(client):
    export = made(client)
    stray = exporting.folder() / "1-left.txt.part"
    stray.write_bytes(b"half")
    exporting.sweep()
    assert stray.exists()
    old = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)).timestamp()
    for path in exporting.folder().iterdir():
        os.utime(path, (old, old))

    exporting.sweep()

    assert not stray.exists()
    assert exporting.file_of(export).exists()


def test_an_export_expires_with_its_file(client, django_capture_on_commit_callbacks):
    options.put("export_days", 7)
    export = made(client)
    days = (export.expires_at - export.finished_at).total_seconds() / 86_400
    assert days == pytest.approx(7, abs=0.01)
    Export.objects.update(expires_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))

    with django_capture_on_commit_callbacks(execute=True):
        assert exporting.sweep() == 1

    assert not Export.objects.exists()
    assert not list(exporting.folder().iterdir())


def test_several_are_deleted_at_once(client, django_capture_on_commit_callbacks):
    exports = [made(client) for _ in range(3)]

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/exports/delete/", {"export": [exports[0].pk, exports[2].pk]})

    assert list(Export.objects.all()) == [exports[1]]
    assert [path.name for path in exporting.folder().iterdir()] == [exports[1].path]
    assert AuditEntry.objects.filter(action="delete export").count() == 2


def test_again_asks_for_the_same_once_more(client):
    export = made(client, "/exports/new/ct/?study_description=low")

    client.post(f"/exports/{export.pk}/again/")

    new = Export.objects.order_by("-pk").first()
    assert new.pk != export.pk
    assert (new.filters, new.format, new.state) == (export.filters, export.format, "queued")


@contextmanager
def files_of_at_most(size):
    """Let no file grow beyond a number of bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("modality", "form"),
    [("CT", "csv"), ("CT", "xlsx"), ("CT", "json"),
        ("CT", "uk-ct-2019"),
     ("RF", "openskin")],
)  # fmt: skip
def test_a_full_disk_ends_an_export_with_a_reason_and_without_a_file(client, modality, form):
    event = ct_event if modality == "CT" else exposure
    for number in range(60):
        store(f"more-{number}", modality, study_description="x" * 900, events=(event(),))
    export = asked(client, f"/exports/new/{modality.lower()}/", format=form)[1]

    with files_of_at_most(2000):
        run(export.task_id)

    export.refresh_from_db()
    assert export.state == "failed"
    assert "could not be written" in export.fault
    assert "No file was made" in page(client)
    assert not list(exporting.folder().iterdir())


def test_an_export_whose_file_is_gone_says_what_to_do(client):
    export = made(client)
    exporting.file_of(export).unlink()

    answer = client.get(f"/exports/{export.pk}/download/", follow=True)

    assert "Run the export again" in answer.content.decode()


def test_the_page_costs_the_same_queries_however_many_exports_there_are(
    client, django_assert_max_num_queries
):
    made(client)
    user = User.objects.get(username="user-export")
    Export.objects.bulk_create(
        Export(user=user, modality="CT", format="test-lines", state="done",
               filters=[["study_description", f"x{n}"]])
        for n in range(40)
    )  # fmt: skip

    with django_assert_max_num_queries(16):
        page(client)


def test_an_empty_page_says_what_to_do(client):
    assert "No export has been made yet" in page(client)


def test_the_bytes_of_a_file_are_those_that_were_written(client):
    export = made(client, "/exports/new/rf/")

    assert fetched(client, export)[1] == exporting.file_of(export).read_bytes()


def test_a_fluoroscopy_study_is_a_file_for_openskin_at_once(hospital):
    client = client_of("export")
    study = Study.objects.get(study_instance_uid="rf-pci")

    said = page(client, f"/study/{study.pk}/")
    answer = client.get(f"/exports/openskin/{study.pk}/")

    assert f'href="/exports/openskin/{study.pk}/"' in said
    assert "openSkin" not in page(client_of("view"), f"/study/{study.pk}/")
    rows = answer.content.decode().splitlines()
    assert len(rows) == study.number_of_events == 2
    assert all("rf-pci" in row for row in rows)
    entry = AuditEntry.objects.get(action="export study for openSkin")
    assert entry.details["study"] == study.pk


def test_only_fluoroscopy_with_events_goes_to_openskin(hospital):
    other = Study.objects.get(study_instance_uid="ct-head")

    assert client_of("export").get(f"/exports/openskin/{other.pk}/").status_code == 404


def test_formats_of_dates_are_kept_with_an_audit_entry_and_nonsense_is_refused():
    client = client_of("admin")
    given = {"export_date_format": "dd.mm.yyyy", "export_time_format": "", "export_days": "14",
             "export_csv_dates": "site"}  # fmt: skip

    client.post("/configuration/exports/", given)
    said = page(client, "/configuration/exports/")

    assert options.get("export_date_format") == "dd.mm.yyyy"
    assert options.get("export_days") == 14
    assert "is 05.11.2026 17:48:05" in said
    assert AuditEntry.objects.filter(action="change setting").count() == 3
    for wrong in ("quarter", "hh:mm"):
        refused = client.post("/configuration/exports/", given | {"export_date_format": wrong})
        assert 'role="alert"' in refused.content.decode()
    assert options.get("export_date_format") == "dd.mm.yyyy"


def test_with_0_days_an_export_is_kept(client):
    options.put("export_days", 0)
    export = made(client)

    assert export.expires_at is None
    assert exporting.sweep() == 0
    assert "until somebody deletes it" in page(client)
