"""What holds for the tree as a whole: a pure core, no way to send, small files and functions, a complete wheel."""

from __future__ import annotations

import ast
import graphlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PACKAGE = TOP / "src" / "mailwatch"
SOURCES = sorted(PACKAGE.rglob("*.py"))
CORE = [path for path in SOURCES if path.is_relative_to(PACKAGE / "core")]

PURE = {
    "__future__", "abc", "base64", "binascii", "bisect", "calendar", "codecs", "collections", "contextlib", "copy", "dataclasses",
    "datetime", "decimal", "difflib", "email", "enum", "functools", "hashlib", "heapq", "html", "io", "itertools", "json", "math", "operator",
    "quopri", "re", "string", "struct", "textwrap", "types", "typing", "unicodedata", "zlib", "zoneinfo",
}  # fmt: skip
# The names of all time zones are read from the tzdata package, once; zoneinfo reads the same files.
DATA_OF_A_PACKAGE = {"core/zones/__init__.py": {"importlib"}}
LIBRARIES_OF_THE_CORE = {
    "bs4", "dateutil", "icalendar", "jinja2", "lxml", "publicsuffixlist"
}  # fmt: skip
SENDERS = {
    "smtplib",
    "smtpd",
    "aiosmtplib",
    "aiosmtpd",
    "yagmail",
    "sendgrid",
    "redmail",
    "mailer",
    "envelopes",
    "marrow",
    "postmarker",
}

# Packages whose import has another name, and those that work without being imported.
IMPORTED_AS = {
    "desktop_notifier": "desktop-notifier",
    "google": "google-auth",
    "google_auth_oauthlib": "google-auth-oauthlib",
    "googleapiclient": "google-api-python-client",
    "dns": "dnspython",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "pydantic_core": "pydantic",
}
USED_WITHOUT_IMPORT = {"lxml", "tzdata"}  # the parser that bs4 is told to take; the data that zoneinfo reads


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def modules_needed_by(path: Path, modules: set[str]) -> Iterator[str]:
    """What a file imports of mailwatch, also late; `from package import module` needs the module, not the package's face."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in modules else node.module for name in inner if {name, node.module} & modules)


def test_no_module_needs_itself_by_way_of_others_not_even_by_a_late_import() -> None:
    modules = {module_of(path): path for path in SOURCES}
    needs = {name: set(modules_needed_by(path, set(modules))) for name, path in modules.items()}
    graphlib.TopologicalSorter(needs).prepare()  # raises CycleError, which names the circle


def wrong(paths: Collection[Path], faults_of: Callable[[Path], object]) -> dict[str, object]:
    """The files with faults, and what they are. One test for all files: a test for each would be a fifth of all tests."""
    assert paths
    return {named(path): faults for path in paths if (faults := faults_of(path))}


def test_the_core_imports_nothing_that_could_do_input_or_output() -> None:
    def impure(path: Path) -> set[str]:
        allowed = PURE | LIBRARIES_OF_THE_CORE | {"mailwatch"} | DATA_OF_A_PACKAGE.get(named(path), set())
        foreign = {name for name in imports(path) if name.partition(".")[0] not in allowed}
        own = {name for name in imports(path) if name.startswith("mailwatch") and name != "mailwatch"}
        return foreign | {name for name in own if not name.startswith(("mailwatch.core", "mailwatch.errors"))}

    assert wrong(CORE, impure) == {}


@pytest.mark.scenario("S1")
def test_no_module_imports_a_library_that_sends() -> None:
    assert wrong(SOURCES, lambda path: {name for name in imports(path) if name.partition(".")[0] in SENDERS}) == {}


@pytest.mark.scenario("S1")
def test_no_backend_has_a_verb_that_sends() -> None:
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef) and path.is_relative_to(PACKAGE / "backends"):
                assert not re.match(r"_*(send|submit|deliver|forward)(_|$)", node.name), f"{named(path)}: {node.name}"


def test_a_file_stays_within_four_hundred_lines() -> None:
    assert wrong(SOURCES, lambda path: len(path.read_text("utf-8").splitlines()) > 400) == {}


def test_a_function_stays_within_forty_lines() -> None:
    def long_ones(path: Path) -> list[str]:
        functions = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef))
        return [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 40]

    assert wrong(SOURCES, long_ones) == {}


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    assert wrong(SOURCES, lambda path: not (ast.get_docstring(tree_of(path)) or "").strip()) == {}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(TOP)]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = out.glob("mailwatch-*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_the_wheel_carries_every_module_and_data_file(wheel: zipfile.ZipFile) -> None:
    shipped = {name.removeprefix("mailwatch/") for name in wheel.namelist() if name.startswith("mailwatch/")}
    wanted = {named(path) for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    providers = {f"providers/{path.name}" for path in (TOP / "providers").iterdir()}
    assert wanted | providers == shipped


def test_the_wheel_carries_its_licence_and_its_entry_point(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    (entry,) = (name for name in names if name.endswith("entry_points.txt"))
    assert b"mailwatch = mailwatch.cli:main" in wheel.read(entry)
    assert b"[gui_scripts]\nmailwatchw = mailwatch.cli:main" in wheel.read(entry)


@pytest.mark.scenario("S1")
def test_the_wheel_asks_for_no_library_that_sends(wheel: zipfile.ZipFile) -> None:
    (metadata,) = (name for name in wheel.namelist() if name.endswith("METADATA"))
    wanted = re.findall(r"^Requires-Dist: ([A-Za-z0-9_.-]+)", wheel.read(metadata).decode(), flags=re.MULTILINE)
    assert wanted
    assert not {name.casefold() for name in wanted} & SENDERS


@pytest.mark.scenario("S1")
def test_nothing_that_the_wheel_imports_can_send(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Every module of the built wheel, and all that they import in turn, loaded under the hook that refuses to send."""
    wheel.extractall(tmp_path)
    code = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
from mailwatch.process_guard import SENDING_MODULES, guard_process
guard_process()
import mailwatch
assert mailwatch.__file__.startswith(sys.argv[1])
names = [module.name for module in pkgutil.walk_packages(mailwatch.__path__, "mailwatch.") if not module.name.endswith("__main__")]
for name in names: importlib.import_module(name)
for vendor in ("googleapiclient.discovery", "google_auth_oauthlib.flow", "msal", "imapclient", "keyring", "dns.resolver", "holidays"):
    importlib.import_module(vendor)
print(len(names), sorted(SENDING_MODULES & {name.partition(".")[0] for name in sys.modules}))
"""
    command = [sys.executable, "-P", "-c", code, str(tmp_path)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=dict(os.environ))
    count, _, sending = ran.stdout.partition(" ")
    assert sending.strip() == "[]", ran.stderr
    assert int(count) == len([path for path in SOURCES if path.name != "__main__.py"]) - 1


def test_importing_the_core_model_is_cheap_and_loads_no_vendor() -> None:
    code = "import sys, mailwatch.core.model, mailwatch.settings, mailwatch.config; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=dict(os.environ))
    loaded = set(ran.stdout.split())
    assert not loaded & {
        "pydantic",
        "requests",
        "bs4",
        "lxml",
        "icalendar",
        "rich",
        "click",
        "msgspec",
        "holidays",
        "jinja2",
    }


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {re.split(r"[>=<\[]", line)[0].casefold() for line in project["dependencies"]}
    optional = {
        re.split(r"[>=<\[]", line)[0].casefold()
        for name in ("gmail", "outlook", "holidays", "desktop", "dns")
        for line in extras[name]
    }
    roots = {name.partition(".")[0] for path in SOURCES for name in imports(path)} - set(sys.stdlib_module_names)
    imported = {IMPORTED_AS.get(root, root).casefold() for root in roots - {"mailwatch"}}
    assert imported <= declared | optional
    assert declared <= imported | USED_WITHOUT_IMPORT
