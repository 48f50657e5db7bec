from __future__ import annotations

from dataclasses import dataclass

try:
    from mailwatch.core.reading.gratitude import gratitude_in
except ModuleNotFoundError:

    def gratitude_in(message, context):
        return None


try:
    from mailwatch.core.reading.sent import SentTraits, sent_traits
except ModuleNotFoundError:

    @dataclass(frozen=True, slots=True)
    class SentTraits:
        follow_up: bool = False
        accepts_offer: bool = False
        withdraws: bool = False
        schedules: bool = False
        declines: bool = False

    def sent_traits(message, context):
        return SentTraits()


try:
    from mailwatch.core.reading.suspicion import suspicions_in
except ModuleNotFoundError:

    def suspicions_in(message, context):
        return ()
