from django.urls import path

from kessai.web.changes import views

app_name = "changes"
urlpatterns = [
    path("changes/", views.listed, name="list"),
    path("changes/<uuid:change_id>/", views.change, name="change"),
    path("changes/<uuid:change_id>/work/", views.work, name="work"),
    path("changes/<uuid:change_id>/impact/", views.impact, name="impact"),
    path("changes/<uuid:change_id>/lines.csv", views.lines_file, name="lines"),
    path("changes/blank/<str:kind>.csv", views.blank, name="blank"),
]
