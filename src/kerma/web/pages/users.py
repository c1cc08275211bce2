"""Users and groups: who may log in, and what each may do."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.web.access import GROUPS, groups
from kerma.web.actor import note
from kerma.web.foreign import LOCAL, comes_from, origins
from kerma.web.forms import PageForm

WORDS = {
    "view": "sees lists and studies",
    "import-size": "imports heights and weights, and uploads objects",
    "import-qr": "queries other archives and retrieves studies from them",
    "export": "sees lists and studies, and exports them",
    "pid": "searches by patient name and id, and exports them if also in export",
    "admin": "deletes studies, sees to quarantine, systems, users and this configuration",
}
"""What each group may do; none has the rights of another."""


class UserForm(PageForm):
    """Groups of a user, and whether the user may log in."""

    groups = forms.MultipleChoiceField(
        required=False,
        choices=[(name, name) for name in GROUPS],
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(required=False, label="May log in")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Refuse what would leave the site without an administrator."""
        given = super().clean() or {}
        stays = given.get("is_active") and "admin" in given.get("groups", [])
        if not stays and not _other_admins(self.user):
            raise forms.ValidationError(
                "This is the last administrator who may log in. Make another one first."
            )
        return given


class NewUserForm(PageForm):
    """Name and groups of a new user."""

    username = forms.CharField(
        label="Name",
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text="What the user types to log in.",
    )
    groups = forms.MultipleChoiceField(
        required=False,
        choices=[(name, name) for name in GROUPS],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_username(self) -> str:
        """Return the name, which must be free in any letter case."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("There is a user of this name already.")
        return name


def _other_admins(user: User) -> bool:
    """Return whether an administrator who may log in is left without this user."""
    others = User.objects.filter(is_active=True, groups__name="admin").exclude(pk=user.pk)
    return others.exists() or not user.groups.filter(name="admin").exists()


@require_safe
@groups("admin")
def users(request: HttpRequest) -> HttpResponse:
    """List the users."""
    found = User.objects.prefetch_related("groups").order_by("-is_active", "username")
    known = origins()
    rows = [(user, _names(user), known.get(user.pk, "")) for user in found]
    return render(request, "web/users.html", {"rows": rows, "groups": WORDS.items()})


def _names(user: User) -> list[str]:
    """Return the groups of a user in their usual order."""
    own = {group.name for group in user.groups.all()}
    return [name for name in GROUPS if name in own]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def add(request: HttpRequest) -> HttpResponse:
    """Add a user; the password is made and shown once."""
    form = NewUserForm(
        request.POST if request.method == "POST" else None, initial={"groups": ["view"]}
    )
    if not form.is_valid():
        return render(request, "web/user_add.html", _context(form))
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        user = User.objects.create_user(form.cleaned_data["username"], password=password)
        user.groups.set(_groups(form.cleaned_data["groups"]))
        note(
            request,
            "add user",
            name=user.username,
            groups=form.cleaned_data["groups"],
        )
    return render(request, "web/user_password.html", {"who": user, "secret": password})


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def user(request: HttpRequest, number: int) -> HttpResponse:
    """Change the groups of a user, and whether the user may log in."""
    found = get_object_or_404(User, pk=number)
    initial = {"groups": _names(found), "is_active": found.is_active}
    posted = request.POST if request.method == "POST" else None
    form = UserForm(found, posted, initial=initial)
    if form.is_valid():
        _keep(request, found, form)
        messages.success(request, f"{found.username} is changed.")
        return redirect("users")
    return render(
        request, "web/user.html", _context(form) | {"who": found, "origin": comes_from(found)}
    )


@transaction.atomic
def _keep(request: HttpRequest, found: User, form: UserForm) -> None:
    found.is_active = form.cleaned_data["is_active"]
    found.save(update_fields=["is_active"])
    found.groups.set(_groups(form.cleaned_data["groups"]))
    for name, old, new in form.changes():
        note(
            request,
            "change user",
            name=found.username,
            what=name,
            old=old,
            new=new,
        )


@never_cache
@require_POST
@groups("admin")
def password(request: HttpRequest, number: int) -> HttpResponse:
    """Make a new password for a user, and show it once."""
    found = get_object_or_404(User, pk=number)
    if comes_from(found) != LOCAL:
        messages.error(request, f"The password of {found.username} is not kept here.")
        return redirect("users")
    made = secrets.token_urlsafe(12)
    with transaction.atomic():
        found.set_password(made)
        found.save(update_fields=["password"])
        note(request, "new password", name=found.username)
    return render(request, "web/user_password.html", {"who": found, "secret": made})


def _groups(names: list[str]) -> list[Group]:
    return list(Group.objects.filter(name__in=names))


def _context(form: PageForm) -> dict[str, Any]:
    """Return what the pages about one user show: each group with what it may do."""
    chosen = form["groups"].value() or []
    boxes = [(name, words, name in chosen) for name, words in WORDS.items()]
    return {"form": form, "boxes": boxes, "within": "users"}
