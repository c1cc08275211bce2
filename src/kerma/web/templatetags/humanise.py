"""Values in templates as people read them."""

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kerma.health import words
from kerma.web import formats

register = template.Library()

register.filter("grouped", formats.whole)
register.filter("day", formats.day)
register.filter("weekday", formats.weekday)
register.filter("minute", formats.minute)
register.filter("moment", formats.moment)
register.filter("plural", formats.plural)
register.filter("bytes", words.size)


@register.filter
def local_moment(value: dt.datetime | None) -> str:
    """Return one of Kerma's own times in the site's zone."""
    return "" if value is None else formats.moment(timezone.localtime(value))


@register.filter
def ago(value: dt.datetime | None) -> SafeString | str:
    """Return "3 minutes ago" with the absolute time as tool tip; a script keeps it true.

    A time without zone, as devices write, is taken for one of the site's zone.
    """
    if value is None:
        return ""
    if value.tzinfo is None:
        value = value.replace(tzinfo=timezone.get_current_timezone())
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        local.isoformat(),
        formats.moment(local),
        formats.ago(local, timezone.now()),
    )
