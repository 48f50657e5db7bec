"""`demo`: the whole job on an invented mailbox, in a temporary folder, in a few seconds."""

from __future__ import annotations

import tempfile
from email import message_from_bytes, policy
from pathlib import Path

import click

from mailwatch.cli.session import Session
from mailwatch.demo.play import Scene, Stage, play, set_up
from mailwatch.demo.script import load_script
from mailwatch.render.jsonform import document, plan_form
from mailwatch.render.screen import Line, Span, line, shown


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to put the mailbox; a new temporary folder otherwise."
)
@click.option("--letters/--no-letters", default=True, show_default=True, help="Print the drafts in full.")
@click.pass_obj
def demo(session: Session, folder: Path | None, letters: bool) -> None:
    """Show the whole job on an invented mailbox: interviews found, thanks recognised, drafts saved, a date kept.

    Writes only into the folder. No account, no network.
    """
    stage = set_up(folder or Path(tempfile.mkdtemp(prefix="mailwatch-demo-")), load_script())
    scenes = []
    for scene in play(stage):
        scenes.append(scene)
        if not session.json:
            session.show(_scene_lines(scene, letters=letters))
    if session.json:
        moments = [
            {"title": item.moment.title, "plan": plan_form(item.report.plan) if item.report.plan else None}
            for item in scenes
        ]
        session.write(
            document("demo", scenes[-1].moment.at, folder=str(stage.folder), drafts=str(stage.drafts), moments=moments)
        )
    else:
        session.show(_closing_lines(stage))


def _scene_lines(scene: Scene, *, letters: bool) -> list[Line]:
    rule = "─" * min(len(scene.moment.title), 100)
    lines = [line(""), line(Span(scene.moment.title, "strong")), line(Span(rule, "dim")), *scene.status]
    for raw in scene.letters if letters else ():
        lines += [line(""), *_letter_lines(raw)]
    return lines


def _letter_lines(raw: bytes) -> list[Line]:
    message = message_from_bytes(raw, policy=policy.default)
    text = message.get_content().rstrip("\n").split("\n")
    head = [f"Draft to {message['To']}", f"Subject: {message['Subject']}"]
    return [line("  │ ", Span(shown(row, 200), "strong")) for row in head] + [
        line("  │ ", shown(row, 3000), hang=4) for row in text
    ]


def _closing_lines(stage: Stage) -> list[Line]:
    return [
        line(""),
        line("The drafts lie in an ordinary Maildir: ", Span(str(stage.drafts), "strong")),
        line(f"  open them with            mutt -f {stage.drafts}"),
        line(
            "  or in Thunderbird         Account Settings → Server Settings → Local directory, or an import of the folder"
        ),
        line(
            f"  ask more about the story  mailwatch -c {stage.config} --now 2026-11-24T09:00+01:00 status --all",
            hang=28,
        ),
        line(Span(f"  (set MAILWATCH_STATE={stage.state} first, so that it remembers)", "dim"), hang=4),
        line(f"  remove it all             rm -r {stage.folder}"),
    ]
