from collections.abc import Iterator

from django.urls import URLPattern, path

from kessai.web import converters as converters
from kessai.web.letters import views

app_name = "letters"


def _of(name: str, where: str) -> Iterator[URLPattern]:
    """The addresses of the letters of one place."""
    letter = f"{where}letters/<int:number>"
    yield path(f"{letter}/", views.pages, {"of": name}, name=name)
    yield path(f"{letter}.pdf", views.pdf, {"of": name}, name=f"{name}-pdf")
    yield path(f"{letter}/pages/<int:page>/<int:width>/", views.picture, {"of": name}, name=f"{name}-page")


urlpatterns = [
    *_of("draft", "drafts/<ref:ref>/"),
    *_of("preview", "drafts/<ref:ref>/preview/"),
    *_of("case", "cases/<ref:ref>/"),
    path("cases/<ref:ref>/issued/<int:seq>/<int:number>/", views.issued, name="issued"),
]
