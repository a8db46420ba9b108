# Two commands: `make rehearse` does the main job, `make test` passes the tests. Both set themselves up.
# Needs Python 3.11 to 3.13 and the package index; everything else comes from requirements.lock (hashes checked).

FITS := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c '$(FITS)' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help
.PHONY: help setup rehearse test lint format lock policies lab clean

help:  ## Show the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## Create .venv from requirements.lock, if it is missing or out of date.

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 on PATH. Install one, or say which: make PYTHON=/path/to/python3" >&2; exit 2; }
	@test -x $(BIN)/python || { $(PYTHON) -c '$(FITS)' && $(PYTHON) -m venv $(VENV); } || { echo "$(PYTHON) makes no environment: it has to be Python 3.11 to 3.13, with venv" >&2; exit 2; }
	@$(BIN)/python -c '$(FITS)' || { echo "$(VENV) is of another Python than 3.11 to 3.13: make clean, then again" >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes --requirement requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python -m compileall -q runbook_lib stack
	@touch $@

rehearse: $(READY)  ## Run the whole migration against an emulated AWS on this machine.
	@$(BIN)/runbook rehearse

test: $(READY)  ## Lint, type-check and run every test.
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest

lint: $(READY)  ## ruff, mypy, import contracts.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@cd stack && ../$(BIN)/mypy --config-file ../pyproject.toml .
	@$(BIN)/lint-imports

format: $(READY)  ## Let ruff format and fix.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(READY)  ## Write requirements.lock anew from pyproject.toml.
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras pyproject.toml \
		--custom-compile-command 'make lock' --output-file requirements.lock

policies: $(READY)  ## Write docs/policies anew from what a rehearsal asks AWS for.
	@$(BIN)/python -m runbook_lib.rehearsal.policies

lab: $(READY)  ## Open the notebooks in JupyterLab, on this machine only.
	@$(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 notebooks

clean:  ## Remove .venv and caches; evidence stays.
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
