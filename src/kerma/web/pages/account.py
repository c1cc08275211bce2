"""Log in and out, the password, and the first administrator of a fresh installation."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kerma.store import audit
from kerma.web.access import GROUPS, groups, is_fresh
from kerma.web.actor import actor, note

_logout = views.LogoutView.as_view()


class _LogIn(views.LoginView):
    """Django's page in our frame, noting who came and who tried."""

    template_name = "web/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows: the form, and the ways to log in elsewhere."""
        offered = settings.KERMA_OIDC["label"] if settings.KERMA_OIDC["issuer"] else ""
        return super().get_context_data(**kwargs) | {"elsewhere": offered}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let the user in."""
        response = super().form_valid(form)
        audit.write(actor(self.request), "log in", address=self.request.META.get("REMOTE_ADDR"))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Ask again."""
        name = str(form.data.get("username", ""))
        found = User.objects.filter(username=name).first()
        audit.write_attempt(found, address=self.request.META.get("REMOTE_ADDR"))
        return super().form_invalid(form)


def log_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for name and password, or on a fresh installation for the first administrator."""
    if request.method == "GET" and not request.user.is_authenticated and is_fresh():
        return redirect("first-administrator")
    return _LogIn.as_view()(request)


@require_POST
def log_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    if request.user.is_authenticated:
        note(request, "log out")
    return _logout(request)


class _PasswordChange(views.PasswordChangeView):
    """Django's page in our frame."""

    template_name = "web/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        """Say that it is done."""
        messages.success(self.request, "Your password is changed.")
        note(self.request, "change own password")
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
        login(request, user, "django.contrib.auth.backends.ModelBackend")
        audit.write(user, "make first administrator")
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
