# The commands of the house. `make demo` to see it, `make test` to prove it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements-setup.lock requirements.lock requirements-dev.lock
STAMP := $(VENV)/.kessai-setup
WORKERS ?= 2

# Where it is set, every process compiles all that it imports anew: a second each, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo bench model test lint imports types translations unit coverage screenshots ux format lock clean

help:
	@echo "make demo [FRESH=1]  set up, start a sample ministry, print its address (Ctrl-C stops it)"
	@echo "make setup           prepare $(VENV); the command is then $(BIN)/kessai"
	@echo "make test            everything that must hold"
	@echo "make lint | imports | types | translations | unit | coverage: the parts of make test"
	@echo "make model ACTS=N [SEED=S]  random acts on cases, held against a model of the rules"
	@echo "make screenshots     pictures of every page, into build/screenshots"
	@echo "make ux [WRITE=1]    what it takes to draft, read and act, counted in a browser; build/ux.json"
	@echo "make bench           how fast it is"
	@echo "make format | lock | clean"

setup:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" STAMP="$(STAMP)" sh .ci/setup $(LOCKS)

demo: setup
	@exec $(BIN)/kessai demo $(if $(filter-out 0,$(FRESH)),--fresh)

# Medians and ratios, on an installation of its own; beside them what the machine itself can do.
bench: setup
	PYTHONPATH=tests $(BIN)/python -m benchmarks

# Random acts against the reference model in tests/model; a disagreement prints its seed and every act in words.
model: setup
	MODEL_ACTS=$(or $(ACTS),20000) MODEL_SEED=$(SEED) $(BIN)/pytest -n $(WORKERS) -q tests/model

test: setup lint types imports translations unit coverage
	@echo "All that must hold holds."

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

translations: setup
	$(BIN)/kessai dev translations --check

# Browser journeys and tests that kill processes are part of it; PYTEST="-m 'not journey and not fault'" leaves
# them out.
unit: setup
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --cov --cov-report= --cov-fail-under=0 $(PYTEST)

# The verifier and every rules.py, each branch (the list is in pyproject.toml).
coverage: unit
	$(BIN)/coverage report

# Every page in both languages, at the desk and on a phone, into build/screenshots.
screenshots: setup
	$(BIN)/python tests/journeys/screenshots.py

# Fields, presses and keys of the main acts; weight, first paint, shift and accessibility of every page. WRITE=1
# also writes docs/experience.md. Some twenty minutes; PAGES=WORDS measures only the pages whose names match.
ux: setup
	$(BIN)/python tests/journeys/ux.py $(if $(WRITE),--write) $(if $(PAGES),--pages '$(PAGES)')

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# UPGRADE=--upgrade takes the newest versions; without it the lock files change only where they must.
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet
lock: setup
	$(COMPILE) $(UPGRADE) pyproject.toml -o requirements.lock
	$(COMPILE) $(UPGRADE) --group setup -c requirements.lock -o requirements-setup.lock
	$(COMPILE) $(UPGRADE) --group dev -c requirements.lock -o requirements-dev.lock

# Data lies in KESSAI_HOME and is not touched; the tests' database is cleared if it is ours.
clean:
	@if [ -x $(BIN)/kessai ] && [ -d .test-home ]; then KESSAI_HOME=$(CURDIR)/.test-home $(BIN)/kessai db remove --yes; fi
	rm -rf $(VENV) .test-home .test-lock build dist .coverage* .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache
