"""Where secrets are kept: one key in the system's keyring (or where the configuration says), a sealed file for the rest.

Never silently as plain text: without a place for the key nothing is kept, and the error names the ways out.
"""

from mailwatch.secrets.sources import first_line, text_from_source
from mailwatch.secrets.vault import Vault, open_vault

__all__ = ["Vault", "first_line", "open_vault", "text_from_source"]
