"""The scripts a page needs that draws with plotly.js: `{% plotly_scripts %}` in its head."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def plotly_scripts() -> SafeString:
    """Return plotly.js, and before it what makes it keep to the content security policy."""
    return format_html(
        '<script src="{}" defer></script>\n  <script src="{}" defer></script>',
        static("web/plotly_strict.js"),
        static("plotly/plotly.min.js"),
    )
