"""Message → Reading: what one message says by itself, with the words that say it."""
