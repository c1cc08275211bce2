"""The pages of the logs: what they show of a file, and what is chosen on them."""

import pytest

from kerma import logs
from kerma.logs import Choice
from kerma.store import log_choices
from kerma.store.models import AuditEntry
from kerma.web.log_lines import latest
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

TEXT = """\
2026-03-01 10:00:00,123 DEBUG kerma.query 7: Asked the archive
2026-03-01 10:00:01,123 INFO kerma.query 7: 12 studies found
2026-03-01 10:00:02,123 WARNING kerma.query 8: The archive is slow
2026-03-01 10:00:03,123 ERROR kerma.query 8: A fault
Traceback (most recent call last):
  File "x.py", line 1
ValueError: oddity
2026-03-01 10:00:04,123 INFO kerma.query 7: Done <b>
"""


@pytest.fixture
def home(tmp_path, settings):
    settings.KERMA_HOME = tmp_path
    logs.folder(tmp_path).mkdir()
    logs.path_of(tmp_path, "query").write_text(TEXT)
    return tmp_path


@pytest.fixture
def client(home):
    return client_of("admin")


def entries(home, level="", words=""):
    return [entry.first for entry in latest(logs.path_of(home, "query"), level, words).entries]


def test_entries_come_latest_first_with_all_their_lines(home):
    found = latest(logs.path_of(home, "query"), "", "").entries

    assert len(found) == 5
    assert found[0].first == "Done <b>"
    assert found[1].rest.endswith("ValueError: oddity")


def test_a_level_leaves_out_what_is_less_severe(home):
    assert entries(home, "WARNING") == ["A fault", "The archive is slow"]


def test_words_are_found_anywhere_in_an_entry_in_any_letter_case(home):
    assert entries(home, "", "ODDITY") == ["A fault"]
    assert entries(home, "", "studies 12") == ["12 studies found"]


def test_of_a_large_file_only_the_end_is_read_and_that_is_said(home):
    line = "2026-03-01 10:00:00,123 INFO kerma.query 7: " + "y" * 1000 + "\n"
    logs.path_of(home, "query").write_text(line * 3000 + TEXT)

    found = latest(logs.path_of(home, "query"), "", "")

    assert len(found.entries) == 500
    assert found.more
    assert found.entries[0].first == "Done <b>"


def test_the_page_shows_entries_as_text_never_as_markup(client):
    page = client.get("/logs/?component=query").content.decode()

    assert "Done &lt;b&gt;" in page
    assert "ValueError: oddity" in page


def test_the_page_follows_by_asking_for_its_part(client):
    page = client.get("/logs/?component=query&follow=1&level=ERROR").content.decode()
    part = client.get("/logs/?component=query&level=ERROR", headers={"HX-Request": "true"})

    assert 'hx-get="/logs/?component=query&amp;level=ERROR"' in page
    assert b"A fault" in part.content
    assert b"<html" not in part.content


def test_a_log_without_a_file_and_a_filter_that_nothing_meets_say_so(client):
    assert b"Nothing is written here yet" in client.get("/logs/?component=receive").content
    assert b"No entry meets the filter" in client.get("/logs/?component=query&q=zebra").content


@pytest.mark.parametrize("component", ["../../etc/passwd", "query.log", ""])
def test_nothing_but_the_logs_can_be_read(client, component):
    assert client.get("/logs/", {"component": component}).status_code == 404
    assert client.get("/logs/download/", {"component": component}).status_code == 404


def test_a_file_can_be_downloaded(client):
    answer = client.get("/logs/download/?component=query")

    assert b"".join(answer.streaming_content).decode() == TEXT
    assert "kerma-query.log" in answer["Content-Disposition"]


def test_what_is_chosen_reaches_the_files_and_the_audit(
    client, home, django_capture_on_commit_callbacks
):
    given = {"component": "query", "level": "DEBUG", "size_mb": 3, "older": 2}

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/logs/choose/", given)

    assert logs.chosen(home) == {"query": Choice("DEBUG", 3, 2)}
    assert log_choices.current()["query"].level == "DEBUG"
    assert AuditEntry.objects.filter(action="change setting").count() == 3


def test_a_choice_that_cannot_be_is_refused(client, home):
    given = {"component": "query", "level": "CHATTY", "size_mb": 0, "older": 2}

    page = client.post("/logs/choose/", given, follow=True).content.decode()

    assert "greater than or equal to 1" in page
    assert logs.chosen(home) == {}


def test_another_host_follows_when_it_looks(client, home, tmp_path, settings):
    log_choices.choose("query", Choice(level="ERROR"))
    settings.KERMA_HOME = tmp_path / "other"

    log_choices.follow()

    assert logs.chosen(tmp_path / "other") == {"query": Choice(level="ERROR")}
