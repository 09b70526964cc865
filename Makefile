# Bare `make` says what there is. Needs Python 3.11 or newer, git, and nothing else.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint check openapi package freeze clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## Start everything on http://127.0.0.1:8000: PostgreSQL, data, web server
	@exec $(BIN)/python -m service

test: .venv/.dev ## Run the tests
	$(BIN)/python -m pytest

lint: .venv/.dev ## Run the linters: style, types, imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## Run linters and tests

openapi: .venv/.run ## Draw openapi.yaml anew from schemas/
	$(BIN)/flask --app service openapi > openapi.yaml.new
	mv openapi.yaml.new openapi.yaml

package: .venv/.run ## Draw data/datapackage.json anew from data/
	$(BIN)/python -m importers package

freeze: ## Pin every dependency with its hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header requirements.in --output-file requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header requirements-dev.in --output-file requirements-dev.txt

clean: ## Remove .venv, caches, and .postgres unless a server runs on it
	@pid=$$(head -n 1 .postgres/data/postmaster.pid 2>/dev/null); \
	if test -n "$$pid" && kill -0 "$$pid" 2>/dev/null; then \
		echo "error: a PostgreSQL runs on .postgres (process $$pid): stop it first" >&2; exit 1; fi
	rm -rf .venv .postgres .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp says that what the requirements name is installed.
.venv/.run: requirements.txt | .venv/bin/pip
.venv/.dev: requirements-dev.txt | .venv/bin/pip
.venv/.run .venv/.dev:
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/bin/pip:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: Python 3.11 or newer is needed: install it, or name it: make run PYTHON=..." >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
