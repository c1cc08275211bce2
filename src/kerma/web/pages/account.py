"""Log in and out, the password, and the first administrator of a fresh installation."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kerma.web.access import GROUPS, groups, is_fresh

_login = views.LoginView.as_view(template_name="web/login.html", redirect_authenticated_user=True)
_logout = views.LogoutView.as_view()


def log_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for name and password, or on a fresh installation for the first administrator."""
    if request.method == "GET" and not request.user.is_authenticated and is_fresh():
        return redirect("first-administrator")
    return _login(request)


@require_POST
def log_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    return _logout(request)


class _PasswordChange(views.PasswordChangeView):
    """Django's page in our frame."""

    template_name = "web/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        """Say that it is done."""
        messages.success(self.request, "Your password is changed.")
        done: HttpResponseRedirect = super().form_valid(form)  # type: ignore[assignment]
        return done


@groups()
def change_password(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password."""
    return _PasswordChange.as_view()(request)


if TYPE_CHECKING:
    UserForm = BaseUserCreationForm[User]
else:
    UserForm = BaseUserCreationForm


class FirstAdministratorForm(UserForm):
    """Name and password, checked as for every user."""

    class Meta:
        """Which fields."""

        model = User
        fields = ("username",)


@never_cache
@require_http_methods(["GET", "POST"])
def first_administrator(request: HttpRequest) -> HttpResponse:
    """Make the first administrator; once there is a user, this page leads to the log-in page."""
    if not is_fresh():
        return redirect("login")
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _make_first(form)
        if user is None:
            return redirect("login")
        login(request, user)
        return redirect("home")
    return render(request, "web/first_administrator.html", {"form": form, "groups": GROUPS})


@transaction.atomic
def _make_first(form: FirstAdministratorForm) -> User | None:
    """Return the new administrator, a member of every group, or None if somebody was quicker."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {User._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    if not is_fresh():
        return None
    user = form.save(commit=False)
    user.is_staff = user.is_superuser = True
    user.save()
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in GROUPS])
    return user
