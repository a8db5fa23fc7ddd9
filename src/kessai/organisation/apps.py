from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "kessai.organisation"
    label = "organisation"
