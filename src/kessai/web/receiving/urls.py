from django.urls import path

from kessai.web import converters as converters
from kessai.web.leafing import views as leafing
from kessai.web.receiving import views

app_name = "receiving"
urlpatterns = [
    path("receipts/", views.register, name="register"),
    path("receipts/register.csv", views.register_csv, name="register-csv"),
    path("receipts/new/", views.new, name="new"),
    path("receipts/<ref:ref>/", views.receipt, name="receipt"),
    path("receipts/<ref:ref>/correct/", views.correct, name="correct"),
    path("receipts/<ref:ref>/files/<int:position>/", views.file, name="file"),
    path("receipts/<ref:ref>/files/<int:position>/view/", leafing.receipt_view, name="file-view"),
    path(
        "receipts/<ref:ref>/files/<int:position>/pages/<int:page>/<int:width>/",
        leafing.receipt_page,
        name="file-page",
    ),
]
