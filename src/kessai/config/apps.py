from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "kessai.config"
    label = "config"
