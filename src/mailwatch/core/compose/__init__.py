"""Decision + debrief → Draft: slots, sentence banks, MIME."""

from mailwatch.core.compose.formality import language_for
from mailwatch.core.compose.letter import compose
from mailwatch.core.compose.letters import LetterLanguage, Letters, letters_from_tables
from mailwatch.core.compose.own_letters import table_problems, with_own_tables
from mailwatch.core.compose.privacy import private_words_in
from mailwatch.core.compose.words import Unusable, own_words
from mailwatch.core.model import Refusal

__all__ = [
    "LetterLanguage",
    "Letters",
    "Refusal",
    "Unusable",
    "compose",
    "language_for",
    "letters_from_tables",
    "own_words",
    "private_words_in",
    "table_problems",
    "with_own_tables",
]
