"""``kessai db``: where the database is, whether it runs, and stopping it."""

from __future__ import annotations

from kessai.config import database, embedded, environment, supervisor
from kessai.config.commands import Words


class Command(Words):
    help = "The database: its connection strings, whether it runs, stopping it."

    def add_words(self) -> None:
        url = self.word("url", self.url, "print a connection string for psql; starts the embedded database")
        whose = url.add_mutually_exclusive_group()
        for role in ("owner", "superuser"):
            whose.add_argument(
                f"--{role}", action="store_const", const=role, dest="role", default="application"
            )
        self.word("status", self.status, "say whether the database runs; exit code 1 if not", json=True)
        self.word("start", self.start, "start the embedded database if it is not running")
        self.word("stop", self.stop, "stop the embedded database")
        remove = self.word("remove", self.remove, "remove all data of this KESSAI_HOME")
        remove.add_argument("--yes", action="store_true", required=True, help="yes, all of it")

    def url(self, *, role: str) -> None:
        urls = {
            "application": database.application_url,
            "owner": database.owner_url,
            "superuser": database.superuser_url,
        }
        if role == "superuser" and not database.is_embedded():
            urls[role]()
        database.ensure_running()
        self.stdout.write(urls[role]())

    def start(self) -> None:
        database.ensure_running()

    def status(self, *, as_json: bool) -> int:
        found = _status()
        if as_json:
            self.write_json(found)
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in found.items()))
        return 0 if found["running"] else 1

    def stop(self) -> None:
        if database.is_embedded():
            embedded.stop(database.here())

    def remove(self, *, yes: bool) -> None:
        supervisor.start_over(environment.home())


def _status() -> dict[str, object]:
    if not database.is_embedded():
        try:
            database.ensure_running()
        except database.CannotUseDatabase as refusal:
            return {"kind": "external", "running": False, "reason": str(refusal.what)}
        return {"kind": "external", "running": True}
    here = database.here()
    pid = embedded.process_id(here)
    return {
        "kind": "embedded",
        "running": pid is not None and embedded.answers(here),
        "process": pid,
        "data": str(here.data),
        "sockets": str(here.sockets),
        "log": str(here.log),
    }
