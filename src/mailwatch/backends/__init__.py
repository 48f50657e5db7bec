"""The only code that knows a protocol or a vendor. Nothing here decides anything."""
