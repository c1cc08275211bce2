"""Where every page lives: at the root, as `kerma.web.urls` says."""

from django.urls import include, path

urlpatterns = [path("", include("kerma.web.urls"))]
