"""Log in by OpenID Connect, at a provider that answers over HTTP."""

import warnings

import pytest
import requests
from django.contrib.auth.models import User

from kerma.store.models import AuditEntry
from kerma.web import oidc
from kerma.web.access import GROUPS
from kerma.web.foreign import comes_from

provider_mock = pytest.importorskip("oidc_provider_mock", reason="no provider is installed")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def groups(django_user_model):
    """Make the groups, and an administrator who can log in here."""
    from django.contrib.auth.models import Group

    made = [Group.objects.get_or_create(name=name)[0] for name in GROUPS]
    user = django_user_model.objects.create_user("boss", password="secret-of-boss")
    user.groups.set(made)


@pytest.fixture
def provider():
    """Run a provider that knows Ada, who is in two groups there."""
    claims = {"preferred_username": "ada", "email": "ada@hospital.example",
              "groups": ["Physicists", "Everybody"]}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with provider_mock.run_server_in_thread(
            user_claims=[provider_mock.User(sub="1", claims=claims)]
        ) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture
def site(provider, settings, live_server):
    """Let people log in to a running Kerma by the provider."""
    oidc._description.cache_clear()
    settings.KERMA_OIDC = {
        "issuer": provider, "client_id": "kerma", "client_secret": "hush", "label": "Hospital",
        "scopes": "openid profile email", "user_claim": "preferred_username",
        "groups_claim": "groups",
    }  # fmt: skip
    settings.KERMA_OIDC_GROUPS = {"physicists": ["view", "pid"], "IT": ["admin"]}
    settings.AUTHENTICATION_BACKENDS = [
        "django.contrib.auth.backends.ModelBackend", "kerma.web.oidc.Backend",
    ]  # fmt: skip
    return live_server.url


def log_in(site, sub="1", browser=None):
    """Click the button of the log-in page, and say who one is at the provider."""
    browser = browser or requests.Session()
    at_provider = browser.get(f"{site}/oidc/begin/?next=/options/")
    return browser.post(at_provider.url, data={"sub": sub})


def test_the_log_in_page_offers_it_where_it_is_configured(site, settings):
    assert "Log in with Hospital" in requests.get(f"{site}/login/").text

    settings.KERMA_OIDC = settings.KERMA_OIDC | {"issuer": ""}

    assert "Log in with" not in requests.get(f"{site}/login/").text
    assert requests.get(f"{site}/oidc/begin/").status_code == 404


def test_the_first_log_in_makes_the_user_with_the_groups_of_the_claims(site):
    page = log_in(site)

    user = User.objects.get(username="ada")
    assert page.url == f"{site}/options/"
    assert "Signed in as ada" in page.text
    assert set(user.groups.values_list("name", flat=True)) == {"view", "pid"}
    assert not user.has_usable_password()
    assert comes_from(user) == "OpenID Connect"
    assert AuditEntry.objects.filter(action="log in", user_name="ada").exists()


def test_groups_follow_the_provider_at_each_log_in(site):
    log_in(site)
    User.objects.get(username="ada").groups.set([])

    log_in(site)

    user = User.objects.get(username="ada")
    assert set(user.groups.values_list("name", flat=True)) == {"view", "pid"}


def test_without_a_mapping_the_groups_are_left_to_the_administrators(site, settings):
    settings.KERMA_OIDC_GROUPS = {}

    log_in(site)
    user = User.objects.get(username="ada")
    assert not user.groups.exists()
    user.groups.set(User.objects.get(username="boss").groups.all())
    log_in(site)

    assert user.groups.count() == len(GROUPS)


def test_the_provider_cannot_speak_for_a_local_user(site, django_user_model):
    django_user_model.objects.create_user("ADA", password="secret-of-ada")

    page = log_in(site)

    assert page.url == f"{site}/login/"
    assert "did not work" in page.text
    assert not User.objects.get(username="ADA").groups.exists()
    assert AuditEntry.objects.filter(action="fail to log in").exists()


def test_a_user_without_a_name_is_not_let_in(site):
    page = log_in(site, sub="nobody")

    assert page.url == f"{site}/login/"
    assert User.objects.count() == 1


def test_a_deactivated_user_is_out_at_once(site):
    browser = requests.Session()
    log_in(site, browser=browser)
    assert browser.get(f"{site}/options/").url == f"{site}/options/"

    User.objects.filter(username="ada").update(is_active=False)

    assert "/login/" in browser.get(f"{site}/options/").url
    assert log_in(site).url == f"{site}/login/"


def test_a_token_meant_for_another_program_is_refused(site, settings, monkeypatch):
    real = oidc.Backend.get_token

    def get_token(self, payload):
        return real(self, payload | {"client_id": "kerma"})

    monkeypatch.setattr(oidc.Backend, "get_token", get_token)
    browser = requests.Session()
    at_provider = browser.get(f"{site}/oidc/begin/")
    settings.KERMA_OIDC = settings.KERMA_OIDC | {"client_id": "another"}

    page = browser.post(at_provider.url, data={"sub": "1"})

    assert page.url == f"{site}/login/"
    assert not User.objects.filter(username="ada").exists()


def test_a_callback_that_nobody_asked_for_is_refused_in_words(site):
    page = requests.get(f"{site}/oidc/callback/?code=x&state=y")

    assert page.status_code == 200
    assert "did not work" in page.text


def test_a_provider_that_does_not_answer_is_said_so(site, settings):
    settings.KERMA_OIDC = settings.KERMA_OIDC | {"issuer": "http://localhost:9"}

    page = requests.get(f"{site}/oidc/begin/")

    assert page.url == f"{site}/login/"
    assert "does not describe itself" in page.text


def test_local_users_log_in_as_before_even_while_the_provider_is_away(site, settings, client):
    settings.KERMA_OIDC = settings.KERMA_OIDC | {"issuer": "http://localhost:9"}

    answer = client.post("/login/", {"username": "boss", "password": "secret-of-boss"})

    assert answer["Location"] == "/"
