from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "kessai.ledger"
    label = "ledger"
