"""What each user may choose: appearance, columns, lengths, periods of the home page."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from kerma.query.columns import columns_of
from kerma.web import preferences
from kerma.web.access import BROWSE, groups
from kerma.web.address import Address
from kerma.web.formats import DATES
from kerma.web.preferences import DENSITIES, PAGE_SIZES, THEMES

_THEME_WORDS = {"auto": "As the system", "light": "Light", "dark": "Dark"}


class OptionsForm(forms.Form):
    """All choices of a user in one form."""

    first = forms.IntegerField(
        label="First period of the home page, days", min_value=1, max_value=3660
    )
    second = forms.IntegerField(
        label="Second period of the home page, days", min_value=1, max_value=3660
    )
    page_size = forms.TypedChoiceField(
        label="Studies on a page", coerce=int, choices=[(n, str(n)) for n in PAGE_SIZES]
    )
    dates = forms.ChoiceField(
        required=False,
        label="Dates",
        choices=[(name, example) for name, (example, _) in DATES.items()],
    )
    density = forms.ChoiceField(
        label="Height of rows", choices=[(name, name.capitalize()) for name in DENSITIES]
    )
    theme = forms.ChoiceField(
        label="Appearance", choices=[(name, _THEME_WORDS[name]) for name in THEMES]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@groups()
def options(request: HttpRequest) -> HttpResponse:
    """Show and keep one's own choices."""
    chosen = preferences.of(request.user)
    first, second = preferences.periods_of(request.user)
    initial = {
        "first": first, "second": second, "page_size": chosen.page_size,
        "density": chosen.density, "theme": chosen.theme, "dates": chosen.dates,
    }  # fmt: skip
    form = OptionsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        preferences.keep(
            request.user,
            periods=(given["first"], given["second"]),
            page_size=given["page_size"],
            density=given["density"],
            dates=given["dates"] or chosen.dates,
            theme=given["theme"],
        )
        messages.success(request, "Your settings are saved.")
        return redirect("options")
    return render(request, "web/options.html", {"form": form})


@require_POST
@groups()
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark, or as the system."""
    if request.POST.get("theme") not in THEMES:
        return HttpResponse(status=400)
    preferences.keep(request.user, theme=request.POST["theme"])
    return _back(request, "options")


@require_POST
@groups()
def density(request: HttpRequest) -> HttpResponse:
    """Keep the height of rows."""
    if request.POST.get("density") not in DENSITIES:
        return HttpResponse(status=400)
    preferences.keep(request.user, density=request.POST["density"])
    return _back(request, "options")


@require_POST
@groups(*BROWSE)
def list_options(request: HttpRequest, modality: str) -> HttpResponse:
    """Keep the length of pages, or the columns of a list, and go back to it."""
    size = request.POST.get("size", "")
    if size.isdecimal() and int(size) in PAGE_SIZES:
        preferences.keep(request.user, page_size=int(size))
    if request.POST.get("choose") == "columns":
        known = columns_of(modality.upper())
        names = [name for name in request.POST.getlist("columns") if name in known]
        own = dict(preferences.of(request.user).columns)
        own[modality.upper()] = [] if request.POST.get("reset") else names
        preferences.keep(request.user, columns=own)
    return _back(request, Address(modality.upper(), ()).path())


def _back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Go where the form said, if that is here; a script needs no page."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return redirect(wanted)
    return redirect(otherwise)
