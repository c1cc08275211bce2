import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import RequestFactory

from kerma.config.security import ContentSecurityPolicy

HTMX = "django_htmx/htmx-2.min.js"


@pytest.fixture
def policy():
    response = ContentSecurityPolicy(lambda request: HttpResponse())(RequestFactory().get("/"))
    directives = response.headers["Content-Security-Policy"].split("; ")
    return dict(directive.split(" ", 1) for directive in directives)


def test_nothing_inline_and_nothing_foreign_may_run(policy):
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert "style-src" not in policy
    assert not any("unsafe" in value or "http" in value for value in policy.values())


def test_no_other_site_may_frame_a_page(policy):
    assert policy["frame-ancestors"] == "'none'"


def test_pages_that_do_not_exist_carry_the_headers_too(client):
    response = client.get("/there-is-no-such-page")

    assert response.status_code == 404
    assert "Content-Security-Policy" in response.headers
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"


def test_static_files_are_served_by_kerma_itself_and_kept_by_browsers(client):
    response = client.get(static(HTMX))

    assert response.status_code == 200
    assert "max-age=2592000" in response.headers["Cache-Control"]
    with open(finders.find(HTMX), "rb") as file:  # noqa: PTH123
        assert b"".join(response.streaming_content) == file.read()


def test_the_address_of_a_static_file_changes_with_its_content(settings, tmp_path):
    from kerma.config.static import _fingerprint

    settings.STATICFILES_DIRS = [tmp_path]
    finders.get_finder.cache_clear()
    addresses = []
    for content in ("a {}", "b {}"):
        (tmp_path / "some.css").write_text(content)
        _fingerprint.cache_clear()
        addresses.append(static("some.css"))
    finders.get_finder.cache_clear()

    assert addresses[0] != addresses[1]
    assert addresses[0].startswith("/static/some.css?v=")
