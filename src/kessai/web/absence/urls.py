from django.urls import path

from kessai.web.absence import views

app_name = "absence"
urlpatterns = [
    path("absence/", views.own, name="own"),
    path("absence/posts/<int:post_id>/", views.post, name="post"),
    path("absence/rules/<int:tenant_id>/", views.by_rule, name="rule"),
]
