from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "kessai.records"
    label = "records"
