"""Who is told of alerts: users by e-mail, other programs by webhooks."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.validators import URLValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kerma.alerts import webhook
from kerma.errors import KermaError
from kerma.query.columns import HEADINGS
from kerma.store import mail, options
from kerma.store.models import AlertRecipient, AlertWebhook
from kerma.store.sealing import seal_text
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.forms import PageForm
from kerma.web.pages.policies import note_changes

_TIMES = ("alert_digest_hour", "alert_mail_days")


class TimesForm(PageForm):
    """When e-mails about alerts go."""

    units = {"alert_digest_hour": "o'clock", "alert_mail_days": "days"}

    alert_digest_hour = forms.IntegerField(
        label="Hour of the daily e-mail",
        min_value=0,
        max_value=23,
        help_text="In the time of the server. Without a new alert none is sent.",
    )
    alert_mail_days = forms.IntegerField(
        label="Tell of studies of the last",
        min_value=0,
        max_value=36_525,
        help_text="Alerts of older studies, as in an import of old data, are listed but not sent. "
        "0 sends all.",
    )


class WebhookForm(PageForm):
    """Another program that is told of alerts."""

    switches = True

    name = forms.CharField(label="Name", max_length=100)
    url = forms.CharField(
        label="Address",
        validators=[URLValidator(["http", "https"])],
        help_text="Each alert is posted to it as JSON, without name or id of a patient.",
    )
    secret = forms.CharField(
        required=False,
        label="Secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"Signs what is sent, in the header {webhook.SIGNATURE}. Kept encrypted, never "
        "shown. Empty leaves it as it is.",
    )
    modalities = forms.MultipleChoiceField(
        required=False,
        label="Modalities",
        choices=list(HEADINGS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: all.",
    )
    is_active = forms.BooleanField(required=False, initial=True, label="In use")

    def __init__(self, hook: AlertWebhook, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hook = hook

    def clean_name(self) -> str:
        """Return the name, which must be free."""
        name: str = self.cleaned_data["name"].strip()
        if AlertWebhook.objects.filter(name=name).exclude(pk=self.hook.pk).exists():
            raise forms.ValidationError("Another webhook has this name; give this one its own.")
        return name


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def recipients(request: HttpRequest) -> HttpResponse:
    """List users with how they are told, and keep it."""
    users = list(User.objects.filter(is_active=True).order_by("username"))
    if request.method == "POST":
        _choose(request, users)
        return redirect("alert-recipients")
    known = {one.user_id: one for one in AlertRecipient.objects.all()}
    context = {
        "rows": [(user, known.get(user.pk)) for user in users],
        "ways": AlertRecipient.Way.choices,
        "modalities": HEADINGS.items(),
        "times": TimesForm(initial=dict(zip(_TIMES, options.several(*_TIMES), strict=True))),
        "webhooks": AlertWebhook.objects.order_by("name"),
        "server": mail.server(),
    }
    return render(request, "web/alert_recipients.html", context)


def _choose(request: HttpRequest, users: list[User]) -> None:
    """Keep who is told how; one without an address cannot be chosen."""
    refused = []
    with transaction.atomic():
        for user in users:
            way = request.POST.get(f"way-{user.pk}", "")
            if way not in AlertRecipient.Way.values:
                gone = AlertRecipient.objects.filter(user=user).delete()[0]
                if gone:
                    note(request, "change alert recipient", name=user.username, way="not told")
            elif not user.email:
                refused.append(user.username)
            else:
                _tell(request, user, way)
    for name in refused:
        messages.error(request, f"{name} cannot be chosen: there is no e-mail address of {name}.")
    if not refused:
        messages.success(request, "Saved.")


def _tell(request: HttpRequest, user: User, way: str) -> None:
    given = request.POST.getlist(f"of-{user.pk}")
    wanted = [name for name in HEADINGS if name in given]
    values = {"way": way, "modalities": wanted}
    known = AlertRecipient.objects.filter(user=user).first()
    if known is None or (known.way, known.modalities) != (way, wanted):
        AlertRecipient.objects.update_or_create(user=user, defaults=values)
        note(request, "change alert recipient", name=user.username, way=way, of=wanted or "all")


@require_POST
@groups("admin")
def address(request: HttpRequest, number: int) -> HttpResponse:
    """Give a user an e-mail address."""
    user = get_object_or_404(User, pk=number)
    try:
        given: str = forms.EmailField().clean(request.POST.get("email", ""))
    except forms.ValidationError:
        messages.error(request, f"Give an e-mail address of {user.username}, such as a@b.org.")
    else:
        User.objects.filter(pk=user.pk).update(email=given)
        note(request, "change user", name=user.username, what="email", new=given)
        messages.success(request, f"{user.username} has an address and can be chosen now.")
    return redirect("alert-recipients")


@require_POST
@groups("admin")
def times(request: HttpRequest) -> HttpResponse:
    """Keep when e-mails go."""
    known = dict(zip(_TIMES, options.several(*_TIMES), strict=True))
    form = TimesForm(request.POST, initial=known)
    if not form.is_valid():
        messages.error(request, "Give an hour from 0 to 23, and days from 0 on.")
        return redirect("alert-recipients")
    with transaction.atomic():
        for name, value in form.cleaned_data.items():
            options.put(name, value)
        note_changes(request, form)
    messages.success(request, "Saved.")
    return redirect("alert-recipients")


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def add_webhook(request: HttpRequest) -> HttpResponse:
    """Add a webhook."""
    return _edit_webhook(request, AlertWebhook(is_active=True))


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def change_webhook(request: HttpRequest, number: int) -> HttpResponse:
    """Change, try or delete a webhook."""
    found = get_object_or_404(AlertWebhook, pk=number)
    if request.method == "POST" and request.POST.get("do") == "delete":
        note(request, "delete webhook", name=found.name)
        found.delete()
        messages.success(request, f"“{found.name}” is deleted.")
        return redirect("alert-recipients")
    if request.method == "POST" and request.POST.get("do") == "try":
        _try(request, found)
        return redirect("alert-webhook", number)
    return _edit_webhook(request, found)


def _edit_webhook(request: HttpRequest, found: AlertWebhook) -> HttpResponse:
    names = ("name", "url", "modalities", "is_active")
    initial = {name: getattr(found, name) for name in names}
    form = WebhookForm(found, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            for name in names:
                setattr(found, name, form.cleaned_data[name])
            if form.cleaned_data["secret"]:
                found.sealed_secret = seal_text(form.cleaned_data["secret"])
            found.save()
            note(request, "change webhook", name=found.name, url=found.url, in_use=found.is_active)
        messages.success(request, f"“{found.name}” is kept.")
        return redirect("alert-recipients")
    context = {"form": form, "hook": found, "within": "alert-recipients"}
    return render(request, "web/alert_webhook.html", context)


def _try(request: HttpRequest, found: AlertWebhook) -> None:
    """Post something that is no alert, and say what came of it."""
    try:
        webhook.post(found, {"event": "test", "link": mail.server().url})
    except KermaError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{found.name}” took the test.")
