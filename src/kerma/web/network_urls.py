"""Where the pages of this part live."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
