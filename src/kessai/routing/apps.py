from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "kessai.routing"
    label = "routing"
