# Commands for people who work on booker_components: `make help` lists them.

PYTHON ?= python3
PORT ?= 5000
PROVIDER ?= embedded
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SOURCES := booker_components demo_app tests benchmarks
UV ?= uv

# Tests start many processes: each would else compile the package anew where the environment forbids keeping it.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test lint i18n browser bench mutants constraints clean

help: ## List these commands
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{ printf "%-20s %s\n", $$1, $$2 }'

demo: $(READY) ## Serve the demo app at http://127.0.0.1:5000 (PORT=8000: another port; PROVIDER=calcom or jicoo: over a pretended one)
	@PORT='$(PORT)' PROVIDER='$(PROVIDER)' $(BIN)/python -m demo_app

test: lint browser ## Run every check: style, types and all tests, in a browser too
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(READY) ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

i18n: $(READY) ## Bring the catalogues of texts up to date; fails where a text is missing or in doubt (docs/languages.md)
	$(BIN)/python -m tests.translating

bench: $(READY) ## Measure slots, pages and bookings, each beside something simple (docs/performance.md; some minutes)
	$(BIN)/python -m benchmarks.slots
	$(BIN)/python -m benchmarks.http
	$(BIN)/python -m benchmarks.page
	$(BIN)/python -m benchmarks.book

mutants: $(READY) ## Change availability, policy and links in every small way: does a test notice? (docs/testing.md; an hour or more)
	$(BIN)/python -m tests.mutating

browser: $(READY)
	@$(BIN)/python tests/browser/browsers.py

constraints: $(READY) ## Pin the dependencies of pyproject.toml anew (needs uv)
	@command -v $(UV) >/dev/null || { echo "'make constraints' needs uv: pip install uv"; exit 1; }
	$(UV) pip compile --universal --generate-hashes --no-header --no-annotate --quiet --python-version 3.11 \
		--extra test --extra lint --extra postgres --extra oauth --extra salesforce \
		--extra calendars --extra holidays --extra queue --extra redis --extra bench --extra mutants pyproject.toml -o constraints.txt

clean: ## Remove the virtual environment, the demo's data and everything built
	rm -rf $(VENV) dist instance mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +

# The stamp is written last: an interrupted set-up starts over.
$(READY): constraints.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || \
		{ echo "Python 3.11 or newer is needed, and '$(PYTHON)' was not found. Name one: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Name another: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments. On Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
