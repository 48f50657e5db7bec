"""`python -m tests.fuzz mail --runs 1000000`: fuzz one target for long, with atheris where it is installed.

What breaks is kept in tests/fuzz/crashes, where every later test run tries it again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

CRASHES = Path(__file__).parent / "crashes"
TIMEOUT = 2
Target = Callable[[bytes], None]
_MEMORY = 1_024  # MB, of the fuzzer with all it has loaded


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["atheris", "own"], default="own")
    given = parser.parse_args(arguments)
    run = _by_coverage if given.engine == "atheris" else _by_chance
    return run(given.target, given.runs, given.seed)


def _by_chance(name: str, runs: int, seed: int) -> int:
    from tests.fuzz.engine import fuzzed
    from tests.fuzz.seeds import seeds_for
    from tests.fuzz.targets import TARGETS

    outcome = fuzzed(TARGETS[name], seeds_for(name), runs=runs, seed=seed)
    for number, data in enumerate([*outcome.broken.values(), *outcome.slow]):
        digest = hashlib.sha256(data).hexdigest()[:12]
        (CRASHES / f"{name}-{number}-{digest}").write_bytes(data)
    for place in outcome.broken:
        print(f"{name}: {place}", file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
    print(
        f"{name}: {outcome.runs} runs in {outcome.seconds:.0f} s, {len(outcome.broken)} ways to break it, "
        f"{len(outcome.slow)} over {TIMEOUT} s, slowest {outcome.slowest:.2f} s, peak {peak} MB"
    )
    return 1 if outcome.broken or outcome.slow else 0


def _by_coverage(name: str, runs: int, seed: int) -> int:
    import atheris

    with atheris.instrument_imports(include=["mailwatch.core", "mailwatch.config"]):
        from tests.fuzz.seeds import seeds_for
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    corpus = Path(os.environ.get("TMPDIR", "/tmp")) / f"fuzz-{os.getuid()}-{name}"
    corpus.mkdir(mode=0o700, exist_ok=True)
    for number, data in enumerate(seeds_for(name)):
        (corpus / f"seed-{number}").write_bytes(data)
    words = corpus.with_suffix(".dict")
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")
    options = [
        f"-runs={runs}",
        f"-seed={seed}",
        "-timeout=20",
        "-report_slow_units=60",
        f"-rss_limit_mb={_MEMORY}",
        "-max_len=4096",
    ]
    begun = time.monotonic()
    atheris.Setup(
        ["fuzz", str(corpus), f"-dict={words}", f"-artifact_prefix={CRASHES}/{name}-", *options], _timed(target.run)
    )
    atheris.Fuzz()
    print(f"{name}: {runs} runs in {time.monotonic() - begun:.0f} s", flush=True)
    return 0


def _timed(run: Target) -> Target:
    """Two seconds of the processor are a crash; a busy machine is none."""

    def timed(data: bytes) -> None:
        started = time.process_time()
        run(data)
        assert time.process_time() - started < TIMEOUT, "too slow"

    return timed


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
