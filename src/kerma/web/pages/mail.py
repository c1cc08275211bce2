"""The e-mail server: chosen on a page, and tried with a message to the administrator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.validators import URLValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kerma.errors import KermaError
from kerma.store import mail
from kerma.store.mail import Server
from kerma.store.sealing import seal_text
from kerma.web.access import groups
from kerma.web.actor import actor, note
from kerma.web.forms import PageForm
from kerma.web.pages.policies import Part

_ENCRYPTION = [("", "None"), ("tls", "STARTTLS"), ("ssl", "SSL")]


class MailForm(PageForm):
    """The server, and how Kerma presents itself to it."""

    switches = True
    units = {"timeout_s": "s"}

    host = forms.CharField(
        required=False,
        label="Server",
        help_text="Name or address. Empty goes by the environment, or sends no e-mail.",
    )
    port = forms.IntegerField(
        label="Port",
        min_value=1,
        max_value=65535,
        help_text="Usually 25 or 587 with STARTTLS, 465 with SSL.",
    )
    encryption = forms.ChoiceField(
        required=False,
        label="Encryption",
        choices=_ENCRYPTION,
        widget=forms.RadioSelect,
        help_text="STARTTLS begins plain and then encrypts; SSL encrypts from the start.",
    )
    ca = forms.CharField(
        required=False,
        label="File of authorities",
        help_text="Path of a PEM file on the server of Kerma, where a hospital signs its own "
        "certificates. Empty trusts the authorities of the system.",
    )
    user = forms.CharField(required=False, label="User", help_text="Empty if it asks for none.")
    password = forms.CharField(
        required=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Kept encrypted, never shown. Empty leaves it as it is.",
    )
    sender = forms.EmailField(
        required=False, label="Sender", help_text="Address that messages come from."
    )
    url = forms.CharField(
        required=False,
        label="Address of Kerma",
        validators=[URLValidator(["http", "https"])],
        help_text="As people open it, for the links in messages.",
    )
    timeout_s = forms.IntegerField(label="Patience", min_value=1, max_value=120)

    def clean(self) -> dict[str, Any]:
        """Ask for a sender where there is a server."""
        given = super().clean() or {}
        if given.get("host") and not given.get("sender") and "sender" not in self.errors:
            self.add_error("sender", "Messages need an address they come from.")
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def settings(request: HttpRequest) -> HttpResponse:
    """Choose the e-mail server."""
    known = mail.server()
    form = MailForm(request.POST if request.method == "POST" else None, initial=_initial(known))
    if form.is_valid():
        with transaction.atomic():
            mail.choose(_server(form, known) if form.cleaned_data["host"] else None)
            _note(request, form)
        messages.success(request, "Saved. Send a test message to see whether it works.")
        return redirect("mail")
    names = list(form.fields)
    context = {
        "form": form,
        "known": known,
        "chosen": mail.is_chosen(),
        "to": getattr(request.user, "email", ""),
        "parts": [
            Part("Server", [form[name] for name in names[:4]]),
            Part("Log-in", [form[name] for name in names[4:6]]),
            Part("Messages", [form[name] for name in names[6:]]),
        ],
    }
    return render(request, "web/mail.html", context)


@require_POST
@groups("admin")
def test(request: HttpRequest) -> HttpResponse:
    """Send a message to the address given, which becomes that of the administrator."""
    address = forms.EmailField().widget.value_from_datadict(request.POST, request.FILES, "to")
    try:
        to: str = forms.EmailField().clean(address)
    except forms.ValidationError:
        messages.error(request, "Give an e-mail address to send the test message to.")
        return redirect("mail")
    User.objects.filter(pk=actor(request).pk).update(email=to)
    try:
        answer = mail.send("Kerma: test message", _body(mail.server()), [to])
    except KermaError as error:
        messages.error(request, f"Not sent. {error}")
    else:
        messages.success(request, f"The server took the message to {to}, and answered: {answer}")
    return redirect("mail")


def _body(server: Server) -> str:
    where = f"\n\n{server.url}" if server.url else ""
    return f"This message shows that Kerma can send e-mail through {server.name}.{where}\n"


def _initial(known: Server) -> dict[str, Any]:
    encryption = "ssl" if known.ssl else "tls" if known.tls else ""
    values = {name: getattr(known, name) for name in Server.__struct_fields__}
    return values | {"encryption": encryption}


def _server(form: MailForm, known: Server) -> Server:
    """Return the server of the form; a password goes with the host it was given for."""
    given = dict(form.cleaned_data)
    encryption, password = given.pop("encryption"), given.pop("password")
    sealed = seal_text(password)
    if not password and (given["host"], given["user"]) == (known.host, known.user):
        sealed = known.sealed_password
    return Server(tls=encryption == "tls", ssl=encryption == "ssl", sealed_password=sealed, **given)


def _note(request: HttpRequest, form: MailForm) -> None:
    for name, old, new in form.changes():
        label = f"E-mail: {form.fields[name].label}"
        if name == "password":
            note(request, "change setting", setting=label)
        else:
            note(request, "change setting", setting=label, old=old, new=new)
