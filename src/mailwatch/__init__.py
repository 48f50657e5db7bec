"""mailwatch: a background agent for life after a job interview. It saves drafts; it never sends."""

__version__ = "0.1.0"
