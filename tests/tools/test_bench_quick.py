"""What depends on no machine keeps to its bounds in every run: turns, bytes, calls, parses, imports."""

from __future__ import annotations

import pytest

from benchmarks import quick
from benchmarks.row import Row


@pytest.mark.no_cover
def test_every_count_keeps_to_its_bound():
    rows = list(quick.rows())
    assert rows
    assert [row.what for row in rows if not row.is_met] == []


def test_a_figure_may_reach_its_bound_from_either_side():
    assert Row("calls", 2, 2, "calls").is_met
    assert not Row("calls", 3, 2, "calls").is_met
    assert Row("speed", 12, 12, "×", at_least=True).is_met
    assert not Row("speed", 11, 12, "×", at_least=True).is_met
