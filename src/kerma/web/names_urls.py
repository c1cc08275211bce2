"""Where the pages of names live."""

from django.urls import URLPattern, path

from kerma.web.pages import name, name_table, names

urlpatterns: list[URLPattern] = [
    path("configuration/names/", names.names, name="names"),
    path("configuration/names/add/", names.add, name="name-add"),
    path("configuration/names/assign/", names.assign, name="names-assign"),
    path("configuration/names/apply/", names.apply, name="names-apply"),
    path("configuration/names/export/", name_table.export, name="names-export"),
    path("configuration/names/import/", name_table.enter, name="names-import"),
    path("configuration/names/<int:number>/", name.name, name="name"),
    path("configuration/names/<int:number>/rules/", name.add_rule, name="name-rule-add"),
    path(
        "configuration/names/<int:number>/rules/<int:rule>/delete/",
        name.delete_rule,
        name="name-rule-delete",
    ),
    path("configuration/names/<int:number>/delete/", name.delete, name="name-delete"),
]
