from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kessai.web"
    label = "web"
