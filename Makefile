# Everything starts from here; `make help` lists it. The first target that needs Python makes .venv by itself.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
WORKERS ?= auto
EVAL ?= tests/storylines/stories

.PHONY: help demo test lint format types scenarios storylines samples docs tour bench live soak build lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

$(READY): requirements/dev.txt pyproject.toml tools/make_venv.sh
	@sh tools/make_venv.sh $(VENV)
	@touch $@

demo: $(READY) ## a whole job search on invented mail, in a temporary folder, without a network
	@$(BIN)/mailwatch demo

test: $(READY) ## all tests, and the coverage floors
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=json:.coverage.json --cov-report=
	@$(BIN)/python tools/coverage_floors.py .coverage.json

lint: $(READY) ## ruff, the formatter and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

format: $(READY) ## let ruff lay out the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(READY) ## mypy --strict
	$(BIN)/mypy

types-elsewhere: $(READY) ## mypy for what Windows and macOS have and lack
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 src
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin src

scenarios: $(READY) ## the catalogue of situations, the tests that cover each, and those without any
	@$(BIN)/python tools/scenarios.py

storylines: $(READY) ## whole job searches replayed and scored; EVAL=DIR takes another set
	@$(BIN)/python -m tests.storylines $(EVAL)

samples: $(READY) ## write docs/samples.md: letters over languages, rounds and tones
	@$(BIN)/python tools/samples.py docs/samples.md

docs: $(READY) ## write config.example.toml, docs/configuration.md, docs/cli.md and the manual page from models and commands
	@$(BIN)/python tools/config_docs.py
	@$(BIN)/python tools/cli_docs.py
	@$(BIN)/python tools/man_page.py

tour: $(READY) ## write docs/tour.md and its pictures from a run of the demo
	@$(BIN)/python -m tools.tour docs

bench: $(READY) ## measure everything, beside others too, and write docs/performance.md; half an hour
	@$(BIN)/python -m benchmarks

bench-quick: $(READY) ## measure what depends on no machine: turns, bytes, calls, parses, imports
	@$(BIN)/python -m benchmarks --quick

live: $(READY) ## read a real account, and save and discard two drafts there: says what it would do; LIVE=config.toml YES=1 does it
	@$(BIN)/python -m tests.live $(LIVE) $(if $(YES),--yes)

soak: $(READY) types-elsewhere ## the long tests, part by part, and a table of what they showed; PART=fuzz does one part anew
	@$(BIN)/python tools/soak.py $(PART)

build: $(READY) ## sdist and wheel into dist/
	$(BIN)/python -m build --no-isolation --outdir dist .

# Run it with the oldest Python that is supported (3.11.2, Debian 12): newer releases of a library may refuse that one.
lock: $(READY) ## pin every development dependency anew, with hashes
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --strip-extras --allow-unsafe --generate-hashes \
	  --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-build-isolation \
	  --extra dev --extra gmail --extra outlook --extra holidays --extra dns --output-file requirements/dev.txt pyproject.toml

clean: ## remove what the targets above made, .venv included
	rm -rf $(VENV) dist build out .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
