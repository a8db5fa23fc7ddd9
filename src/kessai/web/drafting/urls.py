from django.urls import path

from kessai.web import converters as converters
from kessai.web.drafting import addressees, files, posts, previews, together, uploads, versions, views
from kessai.web.leafing import views as leafing

app_name = "drafting"
urlpatterns = [
    path("drafts/new/", views.new, name="new"),
    path("drafts/<ref:ref>/", views.draft, name="draft"),
    path("drafts/<ref:ref>/addressees/", addressees.found, name="addressees"),
    path("drafts/<ref:ref>/versions/", versions.versions, name="versions"),
    path("drafts/<ref:ref>/versions/<int:number>/", versions.version, name="version"),
    path("drafts/<ref:ref>/uploads/", uploads.begin, name="uploads"),
    path("drafts/<ref:ref>/uploads/<uuid:upload_id>/", uploads.upload, name="upload"),
    path("drafts/<ref:ref>/posts/", posts.posts, name="posts"),
    path("drafts/<ref:ref>/files/", files.files, name="files"),
    path("drafts/<ref:ref>/attachments/<uuid:file_id>/", files.attachment, name="attachment"),
    path("drafts/<ref:ref>/preview/", previews.preview, name="preview"),
    path("drafts/<ref:ref>/preview/write/", together.together, name="together"),
    path(
        "drafts/<ref:ref>/preview/attachments/<uuid:file_id>/",
        previews.attachment,
        name="preview-attachment",
    ),
    path("drafts/<ref:ref>/attachments/<uuid:file_id>/view/", leafing.draft_view, name="attachment-view"),
    path(
        "drafts/<ref:ref>/attachments/<uuid:file_id>/pages/<int:page>/<int:width>/",
        leafing.draft_page,
        name="attachment-page",
    ),
    path(
        "drafts/<ref:ref>/preview/attachments/<uuid:file_id>/view/",
        leafing.preview_view,
        name="preview-attachment-view",
    ),
    path(
        "drafts/<ref:ref>/preview/attachments/<uuid:file_id>/pages/<int:page>/<int:width>/",
        leafing.preview_page,
        name="preview-attachment-page",
    ),
]
