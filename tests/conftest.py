"""What every test stands on: no network but loopback, no folder of the real user, Hypothesis within a known effort."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import watch
from tests.servers.dovecot import Dovecot, Setup, need_dovecot, running_dovecot
from tests.servers.recording import make_certificate
from tests.servers.untraced import TRACED_BY

pytest.register_assert_rewrite(
    "tests.backends.contract",
    "tests.backends.calendar_contract",
    "tests.backends.capabilities_contract",
    "tests.backends.clients",
    "tests.backends.imaps",
    "tests.core.builders",
)

# `make test` uses "ci" under CI and "dev" on a laptop; `make soak` uses "soak".
settings.register_profile("dev", max_examples=40, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

# Long examples and measurements of what shorter tests cover line by line: the tracer would double their time.
_UNTRACED = (
    "tests/tick/test_lives",
    "tests/tick/test_kills_on_imap",
    "tests/tick/test_two_providers",
    "tests/tick/test_every_step",
    "tests/tick/test_races",
    "tests/core/test_judgement_properties",
    "tests/core/compose/test_wire",
    "tests/core/compose/test_privacy",
    "tests/core/compose/test_thank_you",
    "tests/core/reading/test_language_and_cues",
    "tests/core/reading/test_learned",
    "tests/core/reading/test_negatives",
    "tests/config/test_any_file",
    "tests/core/test_growth_of_plans",
    "tests/core/test_nothing_is_lost",
    "tests/phrases/test_languages",
    "tests/test_architecture",
    "tests/fuzz/",
    # What they look at is a copy, or a process from outside.
    "tests/never_sends/",
    "tests/system/",
)
# Their fixtures go whole ways through the core, which no other test goes.
_FIXTURES_COUNT = ("tests/storylines/", "tests/hostile/")


# Whole lives and kills on every kind of server, and weeks of the daemon: `make soak` runs them, and whoever names them; CI
# has ten minutes.
_LONG = (
    "tests/storylines/test_on_",
    "tests/system/test_clock",
    "tests/tick/test_every_step",
    "tests/tick/test_kills_on_",
    "tests/tick/test_lives_on_",
    "tests/tick/test_races",
    "tests/tick/test_two_providers",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the longest to `make soak`, and run long examples without the tracer."""
    named = any("test_" in argument for argument in config.args)  # asked for by name
    if settings.default.max_examples < 10_000 and not named:
        long = [item for item in items if item.nodeid.startswith(_LONG)]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.nodeid.startswith(_LONG)]
    for item in items:
        if item.nodeid.startswith(_FIXTURES_COUNT):
            item.add_marker(pytest.mark.no_cover)
        else:
            item.stash[_SILENT] = _is_long_example(item)


def pytest_sessionstart() -> None:
    """Tests by the thousand are made without looking for garbage among them, which would take a fifth of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was made stays to the end: no later search for garbage needs to go through it."""
    gc.enable()
    gc.freeze()


_SILENT = pytest.StashKey[bool]()


def _is_long_example(item: pytest.Item) -> bool:
    made_up = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    if made_up and not item.nodeid.startswith("tests/core/"):
        return True
    return item.nodeid.startswith(_UNTRACED) or "linear_time" in item.name or "bomb" in item.name


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A table of what was measured: the sums of every figure that tests have recorded (`record_property("figure", …)`).

    A figure is (what, unit, number). Only what passed is counted.
    """
    sums: dict[tuple[str, str], float] = {}
    for report in terminalreporter.getreports("passed"):
        for name, figure in report.user_properties:
            if name == "figure":
                what, unit, number = figure
                sums[what, unit] = sums.get((what, unit), 0) + number
    if sums:
        terminalreporter.section("figures")
        for (what, unit), number in sorted(sums.items()):
            terminalreporter.write_line(f"{what:<58} {number:>12,.0f} {unit}")


@contextmanager
def _untraced(config: pytest.Config) -> Iterator[None]:
    """Nothing in here is traced, nor are the processes that it starts.

    The tracer looks at every line of every library: Hypothesis, pytest and the servers cost twice as much under it.
    """
    plugin = config.pluginmanager.get_plugin("_cov")
    controller = plugin.cov_controller if plugin else None
    if controller is None or not controller.started:
        yield
        return
    children = os.environ.pop(TRACED_BY, None)
    controller.pause()
    try:
        yield
    finally:
        controller.resume()
        if children is not None:
            os.environ[TRACED_BY] = children


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Trace the import of a test file, for what it imports, and not how pytest makes tests of it."""
    if isinstance(collector, pytest.Module):
        with suppress(BaseException):
            _ = collector.obj  # what goes wrong in it is reported when pytest itself asks again
    with _untraced(collector.config):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """What pytest-cov's no_cover does for a test alone, for its fixtures too. Both at once would start the tracer twice."""
    if not item.stash.get(_SILENT, False):
        return (yield)
    with _untraced(item.config):
        return (yield)


LOOPBACK = ("127.", "::1", "localhost")
_FOLDER_VARIABLES = (
    "MAILWATCH_CONFIG",
    "MAILWATCH_STATE",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
)


SEEN = watch.begin()


def _refuse_other_hosts(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if arguments[1][1] in watch.PORTS:
            watch.note(f"a test tried to reach port {arguments[1][1]}")
            raise PermissionError("a test tried to hand in mail")
        if not host.startswith(LOOPBACK):
            watch.note(f"a test tried to reach {host}")
            raise PermissionError(f"a test tried to reach {host}: tests stay on this machine")


sys.addaudithook(_refuse_other_hosts)


@pytest.fixture(scope="session")
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _not_the_users_folders(session_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _FOLDER_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(session_home))


@pytest.fixture(autouse=True)
def _nothing_is_sent(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test fails in which something tried to send, in whatever process; unless trying is what it is about."""
    yield
    found = watch.seen(SEEN)
    if found and request.node.get_closest_marker("tries_to_send") is None:
        pytest.fail("\n".join(found))


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command that an earlier test, or a fixture of a whole file, has run must not decide what a later one finds in its log."""
    log = logging.getLogger("mailwatch")
    log.setLevel(logging.NOTSET)
    log.handlers.clear()
    yield
    log.setLevel(logging.NOTSET)
    log.handlers.clear()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate authority of our own, and a certificate of this machine's by it, with its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def dovecot(authority: tuple[Path, Path]) -> Iterator[Dovecot]:
    """An IMAP server, with and without TLS."""
    need_dovecot()
    with running_dovecot(Setup(tls=authority[1])) as server:
        yield server
