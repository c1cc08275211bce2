"""Where dose screens wait for a person, and the glyphs of scanners, live."""

from django.urls import path

from kerma.web.pages import glyph_sets, screen_review, screen_trainer, screens

urlpatterns = [
    path("screens/", screens.queue, name="screens"),
    path("screens/picture/<int:number>/", screens.picture, name="screen-picture"),
    path("screens/letters/", screen_trainer.trainer, name="screen-trainer"),
    path("screens/letters/teach/", screen_trainer.teach, name="screen-teach"),
    path("screens/letters/adopt/", screen_trainer.adopt, name="screen-adopt"),
    path("screens/<int:number>/", screen_review.review, name="screen-review"),
    path("screens/<int:number>/check/", screen_review.check, name="screen-check"),
    path("screens/<int:number>/decide/", screen_review.decide, name="screen-decide"),
    path("screens/glyphs/", glyph_sets.glyph_sets, name="glyph-sets"),
    path("screens/glyphs/import/", glyph_sets.take, name="glyph-set-import"),
    path("screens/glyphs/<int:number>/", glyph_sets.glyph_set, name="glyph-set"),
    path("screens/glyphs/<int:number>/change/", glyph_sets.change, name="glyph-set-change"),
    path("screens/glyphs/<int:number>/export/", glyph_sets.export, name="glyph-set-export"),
]
