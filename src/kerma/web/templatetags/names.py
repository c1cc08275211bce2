"""What the pages of standard names and reference levels write."""

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from kerma.store.models import StandardName
from kerma.web import formats

register = template.Library()

register.filter("share", formats.percent)
register.filter("number", formats.number)


@register.filter
def width(share: float) -> str:
    """Return a share, 0 to 1, as the width of a bar; more than all is all."""
    return f"{min(max(share, 0.0), 1.0) * 100:.1f}%"


@register.filter
def many(word: str) -> str:
    """Return "studies", "acquisitions"."""
    return formats.plural(2, word).partition(" ")[2]


@register.filter
def at_least(count: int, limit: int) -> str:
    """Return a count, with a sign that there may be more where it has reached its limit."""
    return f"{count}+" if count >= limit else str(count)


@register.filter
def its_studies(name: StandardName) -> str:
    """Return the address of the list of studies with this name."""
    address = reverse("studies", args=[name.modality.lower()])
    return f"{address}?{urlencode({'standard_name': name.name})}"
