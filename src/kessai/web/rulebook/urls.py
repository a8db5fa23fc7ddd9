from django.urls import path

from kessai.web import converters as converters
from kessai.web.rulebook import addressees, changing, forms, trying, views

app_name = "rules"
_T = "rules/<int:tenant_id>/"
_TABLE = f"{_T}tables/<int:table_id>/"
urlpatterns = [
    path("rules/", views.start, name="start"),
    path(_T, views.tables, name="tables"),
    path(_TABLE, views.table, name="table"),
    path(f"{_TABLE}examples/", views.examples, name="examples"),
    path(f"{_TABLE}differences/", views.differences, name="differences"),
    path(f"{_TABLE}download/<slug:kind>/", views.download, name="download"),
    path(f"{_T}explain/", trying.explain, name="explain"),
    path(f"{_TABLE}what-if/", trying.what_if, name="what-if"),
    path(f"{_TABLE}what-if.csv", trying.what_if_csv, name="what-if-csv"),
    path(f"{_T}new/", changing.new, name="new"),
    path(f"{_TABLE}replace/", changing.replace, name="replace"),
    path(f"{_TABLE}propose/", changing.propose, name="propose"),
    path(f"{_TABLE}discard/", changing.discard, name="discard"),
    path(f"{_T}uploads/<uuid:upload_id>/", changing.upload, name="upload"),
    path(f"{_T}uploads/<uuid:upload_id>/file/", changing.upload_file, name="upload-file"),
    path(f"{_T}forms/", forms.matters, name="forms"),
    path(f"{_T}forms/<slug:code>/", forms.history, name="form"),
    path(f"{_T}forms/<slug:code>/edit/", forms.edit, name="form-edit"),
    path(f"{_T}forms/<slug:code>/preview/", forms.preview, name="form-preview"),
    path(f"{_T}addressees/", addressees.directory, name="addressees"),
    path(f"{_T}addressees/new/", addressees.new, name="addressees-new"),
    path(f"{_T}addressees/groups/<str:group>/", addressees.group, name="addressee-group"),
    path("cases/<ref:ref>/route-basis/", trying.route_basis, name="route-basis"),
]
