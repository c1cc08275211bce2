"""Tokens: what programs show that hand over objects or ask for the health of the site."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kerma.store import tokens as store
from kerma.store.models import ApiToken
from kerma.web.access import groups
from kerma.web.actor import actor
from kerma.web.forms import PageForm


class TokenForm(PageForm):
    """The name of a new token."""

    name = forms.CharField(
        label="Name",
        max_length=60,
        help_text="Of the program or machine that uses it; the log of arrivals shows it.",
    )

    def clean_name(self) -> str:
        """Return the name, which no other token may have."""
        name: str = self.cleaned_data["name"]
        if ApiToken.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError("There is a token of this name already.")
        return name


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def tokens(request: HttpRequest) -> HttpResponse:
    """List the tokens, and make a new one, whose text is shown once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        name = form.cleaned_data["name"]
        secret = store.make(name, actor(request))
        context = {"name": name, "secret": secret, "address": _address(request)}
        return render(request, "web/token_made.html", context)
    context = {"form": form, "tokens": store.all_tokens(), "address": _address(request)}
    return render(request, "web/tokens.html", context)


@require_POST
@groups("admin")
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Revoke a token for good."""
    token = get_object_or_404(ApiToken, pk=number)
    store.revoke(token, actor(request))
    messages.success(request, f"The token {token.name} is revoked.")
    return redirect("tokens")


def _address(request: HttpRequest) -> str:
    """Return the root of the DICOMweb service, as senders are told it."""
    return request.build_absolute_uri(reverse("stow")).removesuffix("/studies")
