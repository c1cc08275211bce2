"""Where the pages of the DICOM network live: stores and nodes, queries, schedules, completeness."""

from django.urls import URLPattern, path

from kerma.net import every_job
from kerma.web.pages import completeness, network, queries, query, schedules

every_job.load()  # pages ask for background work by its name

urlpatterns: list[URLPattern] = [
    path("network/", network.network, name="network"),
    path("network/store/add/", network.store_add, name="network-store-add"),
    path("network/store/<int:number>/", network.store, name="network-store"),
    path("network/store/<int:number>/echo/", network.store_echo, name="network-store-echo"),
    path("network/store/<int:number>/delete/", network.store_delete, name="network-store-delete"),
    path("network/node/add/", network.node_add, name="network-node-add"),
    path("network/node/<int:number>/", network.node, name="network-node"),
    path("network/node/<int:number>/echo/", network.node_echo, name="network-node-echo"),
    path("network/node/<int:number>/delete/", network.node_delete, name="network-node-delete"),
    path("query/", query.query, name="query"),
    path("queries/", queries.queries, name="queries"),
    path("queries/keep/", queries.keep, name="queries-keep"),
    path("queries/<int:number>/", queries.query, name="query-page"),
    path("queries/<int:number>/part/", queries.part, name="query-part"),
    path("queries/<int:number>/act/", queries.act, name="query-act"),
    path("queries/<int:number>/log/", queries.log, name="query-log"),
    path("queries/<int:number>/<int:study_number>/", queries.study, name="query-study"),
    path("schedules/", schedules.schedules, name="schedules"),
    path("schedules/add/", schedules.add, name="schedule-add"),
    path("schedules/preview/", schedules.preview, name="schedule-preview"),
    path("schedules/<int:number>/", schedules.schedule, name="schedule"),
    path("schedules/<int:number>/act/", schedules.act, name="schedule-act"),
    path("schedules/<int:number>/delete/", schedules.sure, name="schedule-sure"),
    path("completeness/", completeness.completeness, name="completeness"),
    path("completeness/start/", completeness.start, name="completeness-start"),
    path("completeness/<int:number>/", completeness.day, name="completeness-day"),
    path("completeness/<int:number>/fetch/", completeness.fetch, name="completeness-fetch"),
]
