"""Signing in: what every way of it has in common, and which account signs in which way."""

from mailwatch.auth.base import Asker, Desk, SignIn, SignInStatus, TokenSource, sign_in_needed
from mailwatch.auth.kinds import kind_of, needs_sign_in, secret_of, sign_in_for, token_source_for

__all__ = [
    "Asker", "Desk", "SignIn", "SignInStatus", "TokenSource", "kind_of", "needs_sign_in", "secret_of", "sign_in_for",
    "sign_in_needed", "token_source_for",
]  # fmt: skip
