"""The names of rules in the words of somebody who asks why."""

from __future__ import annotations

_RULES = {
    "agreements.accepted": "a time is accepted",
    "agreements.cancelled": "it is called off",
    "agreements.confirmed": "a time is settled",
    "agreements.declined": "it is declined",
    "agreements.proposed": "a time is proposed",
    "classify.ack": "it confirms that you applied",
    "classify.ask": "it asks for a meeting",
    "classify.assessment": "it is about a test, not a talk",
    "classify.auto_reply": "it is an automatic reply",
    "classify.cancel": "it calls a meeting off",
    "classify.confirm": "it settles a meeting",
    "classify.gratitude": "you thank for the talk",
    "classify.move": "it moves a meeting",
    "classify.next_round": "it is about another round",
    "classify.outreach": "somebody offers jobs in general",
    "classify": "what kind of mail it is",
    "decide.thanked": "you thank for the talk",
    "direction.applicant": "it is about your application",
    "direction.internal": "people of your own firm among themselves",
    "direction.own_entry": "you noted an interview",
    "direction.yours": "it is you who is interviewed",
    "direction": "it is another kind of talk, or somebody else's",
    "invitation.calendar": "your calendar shows it",
    "invitation.cancel": "the invitation is taken back",
    "invitation.reply": "an invitation is answered",
    "invitation": "an invitation",
    "learned.maybe_over": "much of it sounds like the end",
    "learned": "its words are like those of such mails",
    "promises": "when they decide",
    "replies.asked": "they ask you for something",
    "replies.away": "somebody is away",
    "replies.offer": "they make an offer",
    "replies.refusal": "they say no",
    "replies.reply.acknowledgement": "there is no news in it",
    "replies.reply.hold": "it is on hold",
    "replies.reply.next": "they want to go on",
    "replies.reply.pending": "they need more time",
    "replies.reply.request": "they ask you for something",
    "replies.reply": "what it answers",
    "replies": "what it answers",
    "suspicion.dmarc": "nothing proves who sent it",
    "suspicion.look_alike": "the address only looks like the firm's",
    "suspicion": "it may be a scam",
    "told": "you said so",
}


def in_words(rule: str) -> str:
    """What a rule says: by its full name, else by the family that it belongs to."""
    name = rule
    while name:
        if name in _RULES:
            return _RULES[name]
        name = name.rpartition(".")[0]
    return "a rule of mailwatch"
