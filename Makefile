# Every target makes what it needs: a fresh machine wants only Python 3.11+, make and a package registry.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help install demo run test lint format bench burst lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

$(BIN)/python:
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: .venv/.installed ## install into .venv

demo: .venv/.installed ## start everything on embedded defaults, no account needed
	@$(BIN)/deskbell demo

run: .venv/.installed ## run with your .env and support.yaml
	@$(BIN)/deskbell run

test: .venv/.installed-dev ## run every test
	$(BIN)/pytest --numprocesses auto --dist loadfile

lint: .venv/.installed-dev ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.installed-dev ## let ruff write the formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

burst: .venv/.installed-dev ## a thousand mails of one outage within a minute
	$(BIN)/python -m tests.benchmarks.burst

bench: .venv/.installed-dev ## measure the hot paths beside their floors
	$(BIN)/python -m tests.benchmarks

lock: .venv/.installed-dev ## pin the newest versions, with hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate --upgrade --quiet \
		--extra sandbox pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate --upgrade --quiet \
		--extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate --quiet \
		--extra ical --extra postgres --extra rabbitmq --extra sqs --extra kafka --extra attachments \
		--constraint requirements.lock --constraint requirements-dev.lock pyproject.toml \
		--output-file requirements-container.lock

clean: ## remove .venv and caches; keeps the data folder
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info
