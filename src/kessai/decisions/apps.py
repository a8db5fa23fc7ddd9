from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "kessai.decisions"
    label = "decisions"
