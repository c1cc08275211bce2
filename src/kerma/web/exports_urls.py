"""Where the pages of exports live."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
