"""The e-mail server, chosen on a page and tried against servers that answer over SMTP."""

import datetime as dt
import ssl

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.contrib.auth.models import User

from kerma.store import mail, options
from kerma.store.mail import MailRefused, Server
from kerma.store.models import AuditEntry
from kerma.store.sealing import seal_text
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

PAGE = "/configuration/mail/"


class Inbox:
    """Takes every message but those to lost@…, and answers in its own words."""

    def __init__(self):
        self.messages = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("lost@"):
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append(envelope)
        return "250 Queued as 4711"


def accept(server, session, envelope, mechanism, data):
    known = (data.login, data.password) == (b"kerma", b"hush")
    return AuthResult(success=known, handled=False)


class Here(Controller):
    """A server on a free port."""

    def __init__(self, inbox, **how):
        super().__init__(inbox, hostname="127.0.0.1", port=0, **how)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def run():
    """Start servers; they end with the test."""
    running = []

    def start(**how):
        found = Here(Inbox(), **how)
        found.start()
        running.append(found)
        return found

    yield start
    for one in running:
        one.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Make a certificate for localhost that signs itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return str(path), context


def at(server, **changes):
    given = {"host": "localhost", "port": server.port, "sender": "kerma@hospital.example"}
    return Server(**given | {"timeout_s": 5} | changes)


def refusal(server, to="ada@hospital.example"):
    with pytest.raises(MailRefused) as error:
        mail.send("Subject", "Body", [to], server)
    return str(error.value)


def test_a_message_arrives_and_the_answer_of_the_server_comes_back(run):
    server = run()

    answer = mail.send("Subject", "Body", ["ada@hospital.example"], at(server))

    assert answer == "250 Queued as 4711"
    (message,) = server.handler.messages
    assert message.mail_from == "kerma@hospital.example"
    assert b"Subject: Subject" in message.content


def test_a_message_goes_encrypted_by_starttls_with_a_log_in(run, certificate):
    authority, context = certificate
    server = run(tls_context=context, authenticator=accept, auth_required=True)
    login = {"user": "kerma", "sealed_password": seal_text("hush")}

    mail.send("Subject", "Body", ["ada@x.example"], at(server, tls=True, ca=authority, **login))

    assert len(server.handler.messages) == 1


def test_a_message_goes_encrypted_from_the_start(run, certificate):
    authority, context = certificate
    server = run(ssl_context=context)
    server.ssl_context.check_hostname = False

    mail.send("Subject", "Body", ["ada@x.example"], at(server, ssl=True, ca=authority))

    assert len(server.handler.messages) == 1


def test_a_wrong_password_is_said_with_the_words_of_the_server(run, certificate):
    authority, context = certificate
    server = run(tls_context=context, authenticator=accept, auth_required=True)
    login = {"user": "kerma", "sealed_password": seal_text("loud")}

    said = refusal(at(server, tls=True, ca=authority, **login))

    assert "does not accept this user and password: 535" in said
    assert "loud" not in said


def test_a_refused_recipient_is_named(run):
    said = refusal(at(run()), to="lost@hospital.example")

    assert "refuses the recipient lost@hospital.example: 550 5.1.1 No such person here" in said


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(run, certificate):
    server = run(tls_context=certificate[1])

    assert "certificate cannot be trusted" in refusal(at(server, tls=True))


def test_encryption_that_the_server_does_not_have_is_said_so(run):
    server = run()

    assert "offers no STARTTLS" in refusal(at(server, tls=True))
    assert "does not speak TLS on this port" in refusal(at(server, ssl=True))


def test_a_port_where_nothing_listens_and_a_host_that_is_not(run):
    server = run()
    gone = at(server)
    server.stop()
    server.stop = lambda: None

    assert "nothing listens on this port" in refusal(gone)
    assert "no such host" in refusal(at(server, host="mail.invalid"))


def test_a_server_that_says_nothing_is_given_up_after_the_patience_chosen(run):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        quick = Server(host="127.0.0.1", port=port, sender="k@x.example", timeout_s=1)

        assert "no answer within 1 s" in refusal(quick)


def test_without_a_server_or_a_sender_nothing_is_sent():
    assert "No e-mail server is set up" in refusal(Server())
    assert "No sender address" in refusal(Server(host="localhost"))


def test_the_environment_holds_until_the_page_says_otherwise(settings):
    settings.KERMA_EMAIL = settings.KERMA_EMAIL | {"host": "mail.env", "password": "p"}
    assert mail.server().host == "mail.env"

    mail.choose(Server(host="mail.page", sender="k@x.example"))
    assert mail.server().host == "mail.page"

    mail.choose(None)
    assert mail.server().host == "mail.env"


def given(server, **changes):
    fields = {"host": "localhost", "port": server.port, "encryption": "", "ca": "", "user": ""}
    fields |= {"password": "", "sender": "kerma@hospital.example", "url": "", "timeout_s": 5}
    return fields | changes


def test_the_page_saves_and_its_button_sends_to_the_administrator(run):
    server, client = run(), client_of("admin")

    client.post(PAGE, given(server, url="https://kerma.hospital.example/"))
    page = client.post(
        f"{PAGE}test/", {"to": "boss@hospital.example"}, follow=True
    ).content.decode()

    assert "answered: 250 Queued as 4711" in page
    (message,) = server.handler.messages
    assert message.rcpt_tos == ["boss@hospital.example"]
    assert b"https://kerma.hospital.example/" in message.content
    assert User.objects.get().email == "boss@hospital.example"


def test_the_button_can_be_pressed_once_there_is_a_server():
    client = client_of("admin")
    button = '<button class="btn"{}>Send a test message</button>'
    assert button.format(" disabled") in client.get(PAGE).content.decode()

    mail.choose(Server(host="mail.hospital.example", sender="kerma@hospital.example"))

    page = client.get(PAGE).content.decode()
    assert button.format("") in page
    assert "No server is set up" not in page


def test_the_button_shows_why_it_failed(run):
    server, client = run(), client_of("admin")
    client.post(PAGE, given(server))

    page = client.post(f"{PAGE}test/", {"to": "lost@hospital.example"}, follow=True)

    assert "No such person here" in page.content.decode()


def test_the_password_is_sealed_never_shown_and_stays_when_the_field_is_empty(run):
    server, client = run(), client_of("admin")

    client.post(PAGE, given(server, user="kerma", password="open-sesame"))
    sealed = options.get(mail.CHOICE)["sealed_password"]
    client.post(PAGE, given(server, user="kerma", timeout_s=9))

    assert "open-sesame" not in str(options.get(mail.CHOICE))
    assert options.get(mail.CHOICE)["sealed_password"] == sealed
    assert b"open-sesame" not in client.get(PAGE).content
    assert "open-sesame" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_the_password_does_not_go_to_another_host(run):
    server, client = run(), client_of("admin")
    client.post(PAGE, given(server, user="kerma", password="open-sesame"))

    client.post(PAGE, given(server, user="kerma", host="elsewhere.example"))

    assert options.get(mail.CHOICE)["sealed_password"] == ""


def test_a_server_without_a_sender_is_not_saved(run):
    page = client_of("admin").post(PAGE, given(run(), sender=""))

    assert b"Messages need an address" in page.content
    assert not mail.is_chosen()


def test_a_password_sealed_with_another_key_is_said_so(run, settings):
    server, client = run(), client_of("admin")
    client.post(PAGE, given(server, user="kerma", password="open-sesame"))
    settings.KERMA_IDENTITY_KEY = b"another"

    page = client.post(f"{PAGE}test/", {"to": "a@x.example"}, follow=True).content.decode()

    assert "cannot be opened" in page
