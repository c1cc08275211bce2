"""Where doses of the past are entered, and those estimated from images are listed."""

from django.urls import path

from kerma.web.pages import estimated_doses, historical, historical_entry

urlpatterns = [
    path("doses/", historical.doses, name="doses"),
    path("doses/<int:number>/", historical.one, name="doses-import"),
    path("doses/<int:number>/choose/", historical.choose, name="doses-choose"),
    path("doses/<int:number>/start/", historical.start, name="doses-start"),
    path("doses/<int:number>/step/", historical.step, name="doses-step"),
    path("doses/<int:number>/abort/", historical.abort, name="doses-abort"),
    path("doses/<int:number>/log/", historical.log, name="doses-log"),
    path("doses/<int:number>/undo/", historical.undo, name="doses-undo"),
    path("doses/enter/", historical_entry.enter, name="doses-enter"),
    path("doses/study/<int:number>/", historical_entry.correct, name="doses-correct"),
    path("doses/study/<int:number>/remove/", historical_entry.remove, name="doses-remove"),
    path("doses/estimated/", estimated_doses.listed, name="estimated-doses"),
]
