from django.urls import path

from kessai.web import converters as converters
from kessai.web.deciding import after, bulk, comment, issuing, redlines, rewording, views, whole
from kessai.web.leafing import views as leafing

app_name = "deciding"
urlpatterns = [
    path("cases/<ref:ref>/", views.case, name="case"),
    path("cases/<ref:ref>/return/", views.send_back, name="return"),
    path("cases/<ref:ref>/comment/", comment.comment, name="comment"),
    path("cases/<ref:ref>/correct/", after.correct, name="correct"),
    path("cases/<ref:ref>/copy/", after.copy, name="copy"),
    path("cases/<ref:ref>/additions/", after.add, name="add"),
    path("cases/<ref:ref>/issue/", issuing.issue, name="issue"),
    path("issuing/", issuing.due, name="due"),
    path("together/", bulk.confirm, name="bulk"),
    path("together/done/", bulk.run, name="bulk-run"),
    path("together/<uuid:run>/", bulk.done, name="bulk-done"),
    path("cases/<ref:ref>/cover-sheet.pdf", views.cover_sheet, name="cover-sheet"),
    path("cases/<ref:ref>/whole-file/", whole.whole, name="whole"),
    path("cases/<ref:ref>/whole-file.pdf", whole.pdf, name="whole-pdf"),
    path("cases/<ref:ref>/attachments/<int:position>/", views.attachment, name="attachment"),
    path("cases/<ref:ref>/reword/", rewording.reword, name="reword"),
    path("cases/<ref:ref>/changes/", redlines.changes, name="changes"),
    path(
        "cases/<ref:ref>/revisions/<int:revision>/attachments/<int:position>/",
        redlines.attachment,
        name="old-attachment",
    ),
    path("cases/<ref:ref>/attachments/<int:position>/view/", leafing.case_view, name="attachment-view"),
    path(
        "cases/<ref:ref>/attachments/<int:position>/pages/<int:page>/<int:width>/",
        leafing.case_page,
        name="attachment-page",
    ),
    path(
        "cases/<ref:ref>/revisions/<int:revision>/attachments/<int:position>/view/",
        leafing.revision_view,
        name="old-attachment-view",
    ),
    path(
        "cases/<ref:ref>/revisions/<int:revision>/attachments/<int:position>/pages/<int:page>/<int:width>/",
        leafing.revision_page,
        name="old-attachment-page",
    ),
]
