from django.urls import path

from kessai.web.standing import views

app_name = "standing"
urlpatterns = [
    path("sent/", views.mine, name="mine"),
    path("sent/unit/", views.unit, name="unit"),
]
