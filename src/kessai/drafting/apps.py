from django.apps import AppConfig


class DraftingConfig(AppConfig):
    name = "kessai.drafting"
    label = "drafting"
