"""Where the pages of names live."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
