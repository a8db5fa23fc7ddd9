from django.urls import path

from kessai.web import converters as converters
from kessai.web.keeping import views

app_name = "keeping"
urlpatterns = [
    path("records/", views.files, name="files"),
    path("records/<ref:ref>/", views.file, name="file"),
    path("destroyed/<ref:ref>/", views.destroyed, name="destroyed"),
    path("destroyed/<ref:ref>/evidence.zip", views.evidence, name="evidence"),
]
