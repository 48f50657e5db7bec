"""The demo: an invented job search in a temporary mailbox, played at three moments. No network, no account."""
