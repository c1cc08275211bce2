"""Where the pages of charts live."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
