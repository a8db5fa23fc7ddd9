"""The list of settings is whole: in the code, in the manual, and nowhere else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kessai.config import environment

ROOT = Path(__file__).parents[2]
NAMES = {setting.name for setting in environment.SETTINGS}


def test_the_manual_lists_every_setting_with_its_default_and_meaning() -> None:
    rows = re.findall(
        r"^\| `(KESSAI_\w+)` \| (.*?) \| (.*?) \|$", (ROOT / "docs/settings.md").read_text(), re.M
    )
    expected = [
        (setting.name, f"`{setting.default}`" if setting.default else "—", setting.meaning)
        for setting in environment.SETTINGS
    ]
    assert rows == expected


def _names_read(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES
    }


def test_only_one_file_reads_them() -> None:
    readers = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute | ast.Name):
                name = node.attr if isinstance(node, ast.Attribute) else node.id
                if name in {"environ", "getenv", "environb"} and _names_read(ast.parse(path.read_text())):
                    readers.add(path.relative_to(ROOT).as_posix())
    assert readers == {"src/kessai/config/environment.py"}


def test_every_setting_is_read_and_nothing_unlisted_is() -> None:
    tree = ast.parse((ROOT / "src/kessai/config/environment.py").read_text())
    read = {
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"_text", "_given", "_number", "_yes"}
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant)
    }
    assert read == NAMES


@pytest.mark.parametrize("file", ["Makefile", ".ci/run", ".ci/setup", "README.md", "README.ja.md"])
def test_what_the_other_files_speak_of_exists(file: str) -> None:
    spoken = set(re.findall(r"KESSAI_[A-Z_]+[A-Z]", (ROOT / file).read_text()))
    assert spoken <= NAMES


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("KESSAI_PORT", "eighty", environment.port),
        ("KESSAI_PORT", "0", environment.port),
        ("KESSAI_PORT", "65536", environment.port),
        ("KESSAI_PORT", "८०००", environment.port),
        ("KESSAI_DEMO", "perhaps", environment.demo),
        ("KESSAI_LOG_LEVEL", "LOUD", environment.log_level),
        ("KESSAI_WEB_WORKERS", "-1", environment.web_workers),
        ("KESSAI_UPLOAD_LIMIT_MB", "1e3", environment.upload_limit_bytes),
        ("KESSAI_UPLOAD_KEPT_DAYS", "0", environment.upload_kept_days),
        ("KESSAI_CLAMD", "localhost:3310", environment.clamd),
        ("KESSAI_CLAMD", "unix://run/clamd", environment.clamd),
        ("KESSAI_CLAMD", "tcp://host:port", environment.clamd),
    ],
)
def test_a_value_that_is_none_is_refused_by_name(
    name: str, value: str, read: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert callable(read)
    with pytest.raises(environment.CannotReadSetting, match=name):
        read()


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KESSAI_PORT", "")
    assert environment.port() == 8000


def test_data_lie_where_the_user_keeps_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KESSAI_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/clerk")
    monkeypatch.setenv("XDG_DATA_HOME", "")
    assert environment.home() == Path("/home/clerk/.local/share/kessai")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert environment.home() == Path("/data/kessai")
    monkeypatch.setenv("KESSAI_HOME", "~/kessai")
    assert environment.home() == Path("/home/clerk/kessai")


def test_the_host_listened_on_is_always_answered_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KESSAI_ALLOWED_HOSTS", "kessai.example")
    monkeypatch.setenv("KESSAI_HOST", "fd00::1")
    assert environment.allowed_hosts() == ["kessai.example", "[fd00::1]"]
    monkeypatch.setenv("KESSAI_HOST", "0.0.0.0")
    assert environment.allowed_hosts() == ["kessai.example"]
