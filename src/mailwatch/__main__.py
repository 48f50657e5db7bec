"""`python -m mailwatch`: the same as `mailwatch`; services start it so, because the interpreter's path outlives a PATH."""

from __future__ import annotations

from mailwatch.cli import main

if __name__ == "__main__":
    main()
