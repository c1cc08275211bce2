"""Where doses of the past are entered."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
