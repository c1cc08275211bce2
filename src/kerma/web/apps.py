"""Django app of the pages: templates, styles and scripts."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages; no tables."""

    name = "kerma.web"
    label = "web"
