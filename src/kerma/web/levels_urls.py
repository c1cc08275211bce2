"""Where the pages of levels live."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
