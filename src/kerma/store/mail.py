"""E-mail: the site's server, and a message in; the server's answer, or why it failed in words."""

import smtplib
import socket
import ssl
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from kerma.errors import KermaError
from kerma.store import options
from kerma.store.sealing import seal_text, unseal_text

CHOICE = "mail_server"


class MailRefused(KermaError):
    """A message could not be handed to the e-mail server."""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """The e-mail server of the site."""

    host: str = ""
    """"" where none is set up: then no message is sent."""
    port: int = 25
    user: str = ""
    sealed_password: str = ""
    """Opened only to log in, see `kerma.store.sealing`."""
    tls: bool = False
    """Whether to encrypt by STARTTLS."""
    ssl: bool = False
    """Whether to encrypt from the start."""
    ca: str = ""
    """File of the authorities that sign its certificate; "" for those of the system."""
    sender: str = ""
    url: str = ""
    """Address of Kerma, for links in messages."""
    timeout_s: int = 10

    @property
    def name(self) -> str:
        """How to name it to a person."""
        return f"{self.host}:{self.port}"


def server() -> Server:
    """Return the server chosen on the page, or else that of the environment."""
    stored = options.get(CHOICE)
    return msgspec.convert(stored, Server) if stored else _of_environment()


def _of_environment() -> Server:
    values = dict(settings.KERMA_EMAIL)
    password = str(values.pop("password"))
    return msgspec.convert(values | {"sealed_password": seal_text(password)}, Server)


def is_chosen() -> bool:
    """Return whether the administrators chose a server on the page."""
    return bool(options.get(CHOICE))


def choose(chosen: Server | None) -> None:
    """Keep the server chosen on the page; None goes by the environment."""
    options.put(CHOICE, msgspec.structs.asdict(chosen) if chosen else {})


def send(subject: str, body: str, to: list[str], using: Server | None = None) -> str:
    """Send a plain message, and return what the server answered.

    Parameters
    ----------
    using
        Another server than that of the site.

    Raises
    ------
    MailRefused
        If there is no server, it cannot be reached, or does not take the message from this
        sender, for one of the recipients, or as it is. The text says which.
    NotOurs
        If the password was sealed with another key.
    """
    chosen = using or server()
    _require_complete(chosen)
    backend = _Backend(chosen)
    message = EmailMessage(subject, body, chosen.sender, to, connection=backend)
    try:
        backend.open()
        backend.send_messages([message])
    except (OSError, smtplib.SMTPException) as error:
        raise MailRefused(f"{chosen.name}: {cause(error, chosen)}") from error
    finally:
        backend.close()
    return backend.answer


def reach(using: Server | None = None) -> None:
    """Connect, encrypt and log in, and hang up again.

    Raises
    ------
    MailRefused
        If one of that fails.
    """
    chosen = using or server()
    backend = _Backend(chosen)
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as error:
        raise MailRefused(f"{chosen.name}: {cause(error, chosen)}") from error
    finally:
        backend.close()


def _require_complete(chosen: Server) -> None:
    if not chosen.host:
        raise MailRefused("No e-mail server is set up; an administrator can choose one.")
    if not chosen.sender:
        raise MailRefused("No sender address is set up; an administrator can choose one.")


def cause(error: Exception, chosen: Server) -> str:
    """Return why sending failed, in words a person can act on."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"it does not accept this user and password: {_said(error)}"
        case smtplib.SMTPRecipientsRefused():
            answers = (f"{who}: {_words(code, said)}" for who, (code, said) in _refused(error))
            return f"it refuses the recipient {'; '.join(answers)}"
        case smtplib.SMTPSenderRefused():
            return f"it refuses the sender {error.sender}: {_said(error)}"
        case smtplib.SMTPNotSupportedError():
            return "it offers no STARTTLS, or no log-in; choose the encryption it has."
        case smtplib.SMTPResponseException():
            return f"it answered {_said(error)}"
        case smtplib.SMTPServerDisconnected() if isinstance(error.__context__, TimeoutError):
            return _unreachable(error.__context__, chosen)
        case smtplib.SMTPServerDisconnected():
            return "it hung up. It may want encryption from the start (SSL), or another port."
        case ssl.SSLCertVerificationError():
            return (
                f"its certificate cannot be trusted: {error.verify_message}. Name the file of the "
                "authority that signed it, or the host name that stands in it."
            )
        case ssl.SSLError():
            return "it does not speak TLS on this port; choose STARTTLS or no encryption."
        case _:
            return _unreachable(error, chosen)


def _unreachable(error: Exception, chosen: Server) -> str:
    match error:
        case TimeoutError():
            return f"no answer within {chosen.timeout_s} s. A firewall may be in between."
        case socket.gaierror():
            return "no such host; see its name."
        case ConnectionRefusedError():
            return "nothing listens on this port."
        case FileNotFoundError() | PermissionError():
            return f"the file of authorities {chosen.ca} cannot be read."
        case OSError():
            return f"it cannot be reached: {error.strerror or error}."
        case _:
            return f"it broke the rules of SMTP: {error}"


def _refused(error: smtplib.SMTPRecipientsRefused) -> Any:
    return error.recipients.items()


def _said(error: smtplib.SMTPResponseException) -> str:
    return _words(error.smtp_code, error.smtp_error)


def _words(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"


class _Listening:
    """Part of an SMTP client that remembers the answer to the message."""

    answer = ""

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the message itself."""
        code, said = super().data(msg)  # type: ignore[misc]
        self.answer = _words(code, said)
        return code, said


class _Smtp(_Listening, smtplib.SMTP):
    pass


class _SmtpSsl(_Listening, smtplib.SMTP_SSL):
    pass


class _Backend(EmailBackend):
    """Django's, for one server, telling what it answered."""

    def __init__(self, chosen: Server) -> None:
        super().__init__(
            host=chosen.host,
            port=chosen.port,
            username=chosen.user,
            password=unseal_text(chosen.sealed_password),
            use_tls=chosen.tls and not chosen.ssl,
            use_ssl=chosen.ssl,
            timeout=chosen.timeout_s,
            fail_silently=False,
        )
        self._ca = chosen.ca
        self.answer = ""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The client that listens."""
        return _SmtpSsl if self.use_ssl else _Smtp

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """Whom to trust: the authorities of the file, or else those of the system."""
        if self._ca and not Path(self._ca).is_file():
            raise FileNotFoundError(self._ca)
        return ssl.create_default_context(cafile=self._ca or None)

    def _send(self, email_message: Any) -> bool:
        sent: bool = super()._send(email_message)  # type: ignore[misc]
        self.answer = getattr(self.connection, "answer", "")
        return sent
