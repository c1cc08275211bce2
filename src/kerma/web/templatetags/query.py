"""Queries in templates as people read them."""

from django import template

from kerma.net.wanted import Wanted
from kerma.store.models import Query
from kerma.web import query_words

register = template.Library()


@register.filter
def asked_for(query: Query) -> str:
    """Return what a query is about, in a line."""
    return query_words.title_of(Wanted.of(query.wanted))


@register.filter
def item(found: dict[str, int], key: str) -> int | None:
    """Return the value of a key that is itself a variable."""
    return found.get(key)
