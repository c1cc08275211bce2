"""Where the pages of skin live."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
