from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "kessai.notifications"
    label = "notifications"
