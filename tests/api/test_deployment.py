"""What is deployed: files that name what there is, and say what the settings say."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from api.http.metrics import exposition
from api.http.problems import ALL_PROBLEMS
from api.settings import CORE_ENVIRONMENT, SETTINGS
from tests.api.service import ROOT

DEPLOYED = ("Dockerfile", "deploy/compose.yaml", "deploy/caspian.service", "docs/deployment.md")
GUIDE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def test_deployment_names_what_there_is() -> None:
    names = {setting.environment for setting in SETTINGS} | set(CORE_ENVIRONMENT)
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in DEPLOYED}
    for path, text in texts.items():
        found = set(re.findall(r"CASPIAN_[A-Z_]*[A-Z]", text))
        assert found, path
        assert found <= names, path
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", texts["Dockerfile"], flags=re.MULTILINE)
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()
        assert f"!{name}" in allowed
    for target in re.findall(r"\]\((\.\./[^)#]+)", texts["docs/deployment.md"]):
        assert (ROOT / "docs" / target).exists()


def test_the_image_compiles_what_it_runs() -> None:
    """Compiled code is known by the path of its source: no checkout may lie in the way."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    compiling = next(at for at, line in enumerate(lines) if "api.precompile" in line)
    assert [line for line in lines[:compiling] if line.startswith("WORKDIR")][-1] == "WORKDIR /"
    assert any("pip install --no-deps" in line for line in lines[:compiling])
    folders = {line.split("=", 1)[1].rstrip(" \\") for line in lines if "CASPIAN_CACHE=" in line}
    assert folders == {"/var/cache/caspian"}


def test_documented_metrics_are_those_there_are() -> None:
    documented = set(re.findall(r"`(caspian_[a-z_]+)`", GUIDE))
    text, _ = exposition("text/plain")
    types = (line.split()[2:] for line in text.decode().splitlines() if line.startswith("# TYPE "))
    assert {name for name, kind in types if not name.endswith("_created")} == documented


def test_every_setting_has_its_row() -> None:
    rows = dict(re.findall(r"^\| `(CASPIAN_[A-Z_]+)` \| (.*) \|$", GUIDE, flags=re.MULTILINE))
    assert list(rows) == [setting.environment for setting in SETTINGS] + list(CORE_ENVIRONMENT)
    for setting in SETTINGS:
        shown = f"`{setting.default}`" if setting.default != "" else ""
        assert rows[setting.environment] == f"{shown} | {setting.help}"
    for name, meaning in CORE_ENVIRONMENT.items():
        assert rows[name] == f" | {meaning}"


def test_the_proxy_says_what_the_settings_say() -> None:
    values = {setting.name: setting.default for setting in SETTINGS}
    (size,) = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert int(size) * 1024 * 1024 == values["MAX_BODY_BYTES"]
    (kept,) = re.findall(r"keepalive_timeout (\d+)s;", (ROOT / "deploy" / "nginx-upstream.conf").read_text())
    program = "import api.http.gunicorn_configuration as chosen; print(chosen.keepalive)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(kept) < int(done.stdout)


def test_the_proxy_words_problems_as_the_service_does() -> None:
    worded = re.findall(r"'\"type\":\"/problems/(.*?)\",\"title\":\"(.*?)\"'", NGINX)
    assert len(worded) == 10
    assert {name: ALL_PROBLEMS[name].title for name, _ in worded} == dict(worded)


@pytest.mark.parametrize(
    ("host", "bind"), [("::1", "[::1]:8123"), ("::", "[::]:8123"), ("localhost", "localhost:8123")]
)
def test_gunicorn_listens_where_it_is_told(host: str, bind: str) -> None:
    program = (
        "import api.http.gunicorn_configuration as chosen\n"
        "from gunicorn.config import Config\n"
        "config = Config()\n"
        "config.set('bind', chosen.bind)\n"
        "print(chosen.bind, config.address[0])\n"
    )
    environment = {**os.environ, "CASPIAN_HOST": host, "CASPIAN_PORT": "8123"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{bind} {(host, 8123)}\n"
