"""Doors that break in ways nobody foresaw: what goes wrong inside one account or calendar stays inside it.

A backend raises BackendError for everything that it knows of. Whatever else comes out of it is a bug, or an answer that
nobody thought of; it must not keep the other accounts from being looked after. RefusedToSend goes through: it ends the run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import PurePath
from typing import Any, TypeVar, cast

from mailwatch.errors import BackendError, ConfigError, MailwatchError, ProtocolError, SecretError

log = logging.getLogger("mailwatch.tick")

T = TypeVar("T")


def contained(name: str, backend: T) -> T:
    """The same door, out of which nothing comes but MailwatchErrors. name: of the account or calendar, for the errors."""
    return cast("T", _Contained(name, backend))


class _Contained:
    def __init__(self, name: str, backend: object) -> None:
        self._name = name
        self._backend = backend

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._backend, attribute)
        return self._watched(found) if callable(found) else found

    def _watched(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def watched(*arguments: Any, **named: Any) -> Any:
            with _named(self._name):
                answer = method(*arguments, **named)
            return self._each(answer) if isinstance(answer, Iterator) else answer

        return watched

    def _each(self, answers: Iterator[Any]) -> Iterator[Any]:
        while True:
            with _named(self._name):
                try:
                    answer = next(answers)
                except StopIteration:
                    return
            yield answer


def _place_of(error: Exception) -> str:
    """Where in the code it was raised: for a report of the bug, and nothing of the mail in it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Turn what nobody foresaw into an error of this account; its own words may quote a mail and are left out."""
    try:
        yield
    except (ConfigError, SecretError) as error:
        raise BackendError(name, error.message, next_step=error.next_step) from error
    except MailwatchError:
        raise
    except Exception as error:
        log.warning("broke name=%s error=%s at=%s", name, type(error).__name__, _place_of(error))
        raise ProtocolError(
            name,
            f"Something about {name} broke mailwatch ({type(error).__name__}), so it is left out of this run.",
            next_step=f"the next run tries again; where that does not help: mailwatch doctor {name}",
        ) from error
