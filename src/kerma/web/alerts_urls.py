"""Where the pages of alerts live."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
