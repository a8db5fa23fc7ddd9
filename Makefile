# The commands of the house. `make demo` to see it, `make test` to prove it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements-setup.lock requirements.lock requirements-dev.lock
STAMP := $(VENV)/.kessai-setup

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types format lock clean

help:
	@echo "make demo [FRESH=1]  set up, start a sample ministry, print its address (Ctrl-C stops it)"
	@echo "make setup           prepare $(VENV); the command is then $(BIN)/kessai"
	@echo "make test            everything that must hold"
	@echo "make lint | types | format | lock | clean"

setup:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" STAMP="$(STAMP)" sh .ci/setup $(LOCKS)

COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet $(UPGRADE)

# UPGRADE=--upgrade takes the newest versions; without it the lock files change only where they must.
lock: setup
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group setup -c requirements.lock -o requirements-setup.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock
