"""Where dose screens wait for a person, and the glyphs of scanners, live."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
