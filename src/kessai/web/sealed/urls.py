from django.urls import path

from kessai.web.sealed import views

app_name = "sealed"

urlpatterns = [path("seal/<slug:code>/", views.sealed, name="letter")]
