"""`report`: the whole search as one page of HTML."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mailwatch.cli.planning import plan_of
from mailwatch.cli.session import Session
from mailwatch.errors import MailwatchError, UsageError
from mailwatch.render.jsonform import document


@click.command()
@click.option(
    "--html", "target", metavar="FILE", default="-", show_default=True, help="Where to write it; - is standard output."
)
@click.option("--with-private", is_flag=True, help="Your ratings and red flags too.")
@click.pass_obj
def report(session: Session, target: str, with_private: bool) -> None:
    """Write one page with time lines, answer times and a comparison. It loads nothing from elsewhere."""
    from mailwatch.report import page

    with session.store() as store:
        plan, debriefs = plan_of(session, store), store.facts(session.settings.me).debriefs
    text = page(plan, debriefs, session.zone, with_private=with_private)
    if target == "-":
        if not session.json and sys.stdout.isatty():
            raise UsageError(
                "The report is a page for a browser, and this is a terminal", next_step="mailwatch report --html FILE"
            )
        session.write(document("report", plan.at, html=text) if session.json else text)
        return
    path = Path(target).expanduser()
    _write(path, text)
    if session.json:
        session.write(document("report", plan.at, file=str(path)))
    else:
        session.say(f"Written to {path}. Open it in any browser; it loads nothing from elsewhere.")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    except OSError as error:
        raise MailwatchError(
            f"The report can't be written to {path} ({error.strerror}), so there is none",
            next_step="name another file: mailwatch report --html FILE",
        ) from error
