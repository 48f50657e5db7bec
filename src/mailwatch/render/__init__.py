"""Plan → text for people and JSON for programs. The same words in both; nothing here decides anything."""
