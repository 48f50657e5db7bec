from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "tests.backends.calendar_contract", "tests.backends.capabilities_contract", "tests.backends.clients"
)
