"""Where the pages of background work live."""

from django.urls import path

from kerma.web.pages import tasks

urlpatterns = [
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/live/", tasks.live, name="tasks-live"),
    path("tasks/mine/", tasks.mine, name="tasks-mine"),
    path("tasks/settings/", tasks.settings, name="task-settings"),
    path("tasks/<int:number>/", tasks.task, name="task"),
    path("tasks/<int:number>/terminate/", tasks.terminate, name="task-terminate"),
    path("tasks/<int:number>/again/", tasks.again, name="task-again"),
]
