# Two commands do all the set-up on a fresh machine: `make chat` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: chat test lint types evals docs clean
.DEFAULT_GOAL := help

help:
	@echo "make chat   install and open the web chat on http://127.0.0.1:7860"
	@echo "make test   install and run the tests"
	@echo "make lint, make types, make evals: what .ci/run does beside the tests"
	@echo "make docs   write docs/api.md anew from the docstrings"

chat: $(VENV)/installed
	$(BIN)/kutip chat

test: $(VENV)/tested
	$(BIN)/pytest

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/tested
	$(BIN)/mypy

evals: $(VENV)/tested
	$(BIN)/kutip eval --baseline evals/baseline.json

docs: $(VENV)/tested
	$(BIN)/python docs/make_api.py

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Kutip needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo missing)." \
	         "Install it, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "The virtual environment cannot be made: install the package python3-venv."; exit 1; }

# The constraints come first: without them pip would take a build of torch with gigabytes of CUDA.
$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Kutip and what it needs (some minutes the first time) …"
	@$(PIP) -e . || { echo "The installation failed: see above. Without a network connection," \
	  "connect and run the same command again; what is there is kept."; exit 1; }
	@touch $@

$(VENV)/tested: $(VENV)/installed
	@$(PIP) -e '.[test]' || { echo "The installation of the test tools failed: see above." \
	  "Connect to a network and run the same command again."; exit 1; }
	@touch $@
