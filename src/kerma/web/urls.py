"""Where each page lives."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
