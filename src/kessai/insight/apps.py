from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "kessai.insight"
    label = "insight"
