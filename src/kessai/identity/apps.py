from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "kessai.identity"
    label = "identity"
