from django.urls import path

from kessai.web.chart import views

app_name = "chart"
urlpatterns = [
    path("chart/", views.own, name="own"),
    path("chart/<int:tenant_id>/", views.chart, name="chart"),
    path("chart/<int:tenant_id>/chart.csv", views.csv_file, name="csv"),
    path("chart/<int:tenant_id>/chart.xlsx", views.excel_file, name="excel"),
    path("chart/<int:tenant_id>/units/<int:unit_id>/", views.unit, name="unit"),
    path("chart/<int:tenant_id>/posts/<int:post_id>/", views.post, name="post"),
    path("chart/<int:tenant_id>/people/<int:person_id>/", views.person, name="person"),
    path("became/", views.became_of_all, name="became-of-all"),
    path("became/<int:tenant_id>/", views.became, name="became"),
]
