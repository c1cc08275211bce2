"""Log in by LDAP, at a directory server of OpenLDAP started for these tests."""

import shutil
import socket
import subprocess
import time

import pytest
from django.conf import settings as current
from django.contrib.auth.models import Group, User
from django.test import Client

from kerma.config.options import ConfigurationError, Options
from kerma.store.models import AuditEntry
from kerma.web.access import GROUPS
from kerma.web.foreign import comes_from

pytest.importorskip("django_auth_ldap", reason="the extra `ldap` is not installed")
SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
if not SLAPD:
    pytest.skip("there is no slapd on this machine", allow_module_level=True)

from kerma.config.ldap import ldap_settings  # noqa: E402

pytestmark = pytest.mark.django_db

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=hospital,dc=example"
rootdn "cn=reader,dc=hospital,dc=example"
rootpw read-only
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by * read
"""

ENTRIES = """\
dn: dc=hospital,dc=example
objectClass: dcObject
objectClass: organization
dc: hospital
o: Hospital

dn: uid=ada,dc=hospital,dc=example
objectClass: inetOrgPerson
uid: ada
cn: Ada Lovelace
sn: Lovelace
givenName: Ada
mail: ada@hospital.example
userPassword: engine-of-ada

dn: uid=boss,dc=hospital,dc=example
objectClass: inetOrgPerson
uid: boss
cn: Boss
sn: Boss
userPassword: engine-of-boss

dn: cn=Physicists,dc=hospital,dc=example
objectClass: groupOfNames
cn: Physicists
member: uid=ada,dc=hospital,dc=example

dn: cn=IT,dc=hospital,dc=example
objectClass: groupOfNames
cn: IT
member: uid=boss,dc=hospital,dc=example
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """Run a directory with two people in two groups; give its address."""
    folder = tmp_path_factory.mktemp("slapd")
    (folder / "data").mkdir()
    (folder / "slapd.conf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "entries.ldif").write_text(ENTRIES)
    files = ["-f", str(folder / "slapd.conf")]
    subprocess.run([SLAPD, "-T", "add", *files, "-l", str(folder / "entries.ldif")], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"ldap://127.0.0.1:{port}"
    with subprocess.Popen([SLAPD, *files, "-h", address, "-d", "0"]) as server:
        await_port(port)
        yield address
        server.terminate()


def await_port(port):
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("slapd does not answer")


def options(tmp_path, **changes):
    given = {
        "KERMA_HOME": str(tmp_path),
        "KERMA_LDAP_BIND_DN": "cn=reader,dc=hospital,dc=example",
        "KERMA_LDAP_BIND_PASSWORD": "read-only",
        "KERMA_LDAP_USER_BASE": "dc=hospital,dc=example",
        "KERMA_LDAP_GROUP_BASE": "dc=hospital,dc=example",
        "KERMA_LDAP_GROUPS": "physicists=view,pid;cn=IT,dc=hospital,dc=example=admin",
    }
    return Options(given | changes)


@pytest.fixture
def site(directory, settings, tmp_path):
    """Let people log in by the directory; there is a local administrator already."""
    chosen = options(tmp_path, KERMA_LDAP_URL=directory)
    for name, value in ldap_settings(chosen).items():
        setattr(settings, name, value)
    settings.KERMA_LDAP_GROUPS = chosen.group_map("ldap_groups")
    settings.AUTHENTICATION_BACKENDS = [*current.AUTHENTICATION_BACKENDS, "kerma.web.ldap.Backend"]
    for name in GROUPS:
        Group.objects.get_or_create(name=name)
    User.objects.create_user("root", password="secret-of-root")


def log_in(client, name, password):
    return client.post("/login/", {"username": name, "password": password})


def names(user):
    return set(User.objects.get(username=user).groups.values_list("name", flat=True))


def test_the_first_log_in_makes_the_user_with_the_groups_of_the_directory(site, client):
    answer = log_in(client, "ada", "engine-of-ada")

    user = User.objects.get(username="ada")
    assert answer["Location"] == "/"
    assert names("ada") == {"view", "pid"}
    assert (user.email, user.last_name) == ("ada@hospital.example", "Lovelace")
    assert not user.has_usable_password()
    assert comes_from(user) == "LDAP"
    assert AuditEntry.objects.get(action="log in").user_name == "ada"


def test_a_group_may_be_named_by_its_whole_entry(site, client):
    log_in(client, "boss", "engine-of-boss")

    assert names("boss") == {"admin"}


def test_groups_follow_the_directory_at_each_log_in(site, client):
    log_in(client, "ada", "engine-of-ada")
    User.objects.get(username="ada").groups.set(Group.objects.all())

    log_in(Client(), "ada", "engine-of-ada")

    assert names("ada") == {"view", "pid"}


@pytest.mark.parametrize("password", ["", "engine-of-boss"])
def test_a_wrong_password_is_refused_and_noted(site, client, password):
    answer = log_in(client, "ada", password)

    assert answer.status_code == 200
    assert not User.objects.filter(username="ada").exists()
    assert AuditEntry.objects.get().user_name == "stranger"


def test_the_directory_cannot_speak_for_a_local_user(site, client):
    User.objects.create_user("ada", password="local-of-ada")

    assert log_in(client, "ada", "engine-of-ada").status_code == 200
    assert names("ada") == set()
    assert log_in(client, "ada", "local-of-ada")["Location"] == "/"


def test_a_deactivated_user_is_out_at_once_and_not_let_in_again(site, client):
    log_in(client, "ada", "engine-of-ada")
    assert client.get("/options/").status_code == 200

    User.objects.filter(username="ada").update(is_active=False)

    assert client.get("/options/").status_code == 302
    assert log_in(client, "ada", "engine-of-ada").status_code == 200


def test_local_users_log_in_while_the_directory_is_away(site, client, settings):
    settings.AUTH_LDAP_SERVER_URI = "ldap://127.0.0.1:9"

    assert log_in(client, "root", "secret-of-root")["Location"] == "/"
    assert log_in(client, "ada", "engine-of-ada").status_code in (200, 302)
    assert not User.objects.filter(username="ada").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"KERMA_LDAP_USER_BASE": ""}, "without KERMA_LDAP_USER_BASE"),
        ({"KERMA_LDAP_GROUP_KIND": "list"}, "must be one of member, nested, posix"),
    ],
)
def test_options_that_cannot_be_used_are_refused_in_words(tmp_path, changes, words):
    with pytest.raises(ConfigurationError, match=words):
        ldap_settings(options(tmp_path, **changes))
