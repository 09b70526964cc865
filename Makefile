# Bare `make` says what there is. Needs Python 3.11 or newer, git, and nothing else.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)
BIN := .venv/bin
# The caller's settings for other Python programs: they would hide our packages or strip assertions.
unexport PYTHONHOME PYTHONOPTIMIZE PYTHONPATH PYTHONSAFEPATH PYTHONWARNINGS

.DEFAULT_GOAL := help
.PHONY: help run test lint check openapi examples compatible lint-contract release-contract \
	package sdk bench recording counting freeze clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## Start everything on http://127.0.0.1:8000: PostgreSQL, data, web server
	@exec $(BIN)/python -m service

test: .venv/.dev ## Run the tests
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

lint: .venv/.dev ## Run the linters: style, types, imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint lint-contract compatible test ## Run linters, checks of the contract, and tests

openapi: .venv/.dev ## Draw openapi.yaml anew from schemas/
	$(BIN)/python -m contract.drawing > openapi.yaml.new
	mv openapi.yaml.new openapi.yaml

examples: .venv/.dev ## Ask the service for the contract's examples anew, and draw openapi.yaml
	$(BIN)/python -m contract.examples
	$(MAKE) openapi

compatible: .venv/.run ## Name what openapi.yaml breaks of the last released contract
	$(BIN)/python -m contract.changes contract/released.yaml openapi.yaml

lint-contract: .venv/.dev ## Lint openapi.yaml: validator, Spectral, Redocly (the last two need node)
	$(BIN)/python -m openapi_spec_validator openapi.yaml
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory contract/.linted; \
	else echo "skipped: Spectral and Redocly need node 20.19 or newer, with npm"; fi

release-contract: compatible ## Keep openapi.yaml as the last released contract
	cp openapi.yaml contract/released.yaml

package: .venv/.run ## Draw data/datapackage.json anew from data/
	$(BIN)/python -m importers package

sdk: .venv/.run ## Generate, compile and call seven clients; make sdk CLIENT=java for one
	@$(BIN)/python -m sdk $(CLIENT)

bench: .venv/.run ## Measure the service beside its peers: make bench ROUNDS=2 ONLY=fastapi,growth
	@$(BIN)/python -m bench $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ONLY),--only "$(ONLY)")

recording: .venv/.run ## Compare the answers of two running versions: make recording OLD=URL NEW=URL
	@$(BIN)/python -m recording $(OLD) $(NEW)

counting: .venv/.run ## Count the files, functions and calls of ours that a request runs
	@$(BIN)/python -m counting

freeze: ## Pin every dependency with its hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header requirements.in --output-file requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header requirements-dev.in --output-file requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header sdk/requirements.in --output-file sdk/requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header bench/requirements.in --output-file bench/requirements.txt

clean: ## Remove .venv, build, caches, and .postgres unless a server runs on it
	@pid=$$(head -n 1 .postgres/data/postmaster.pid 2>/dev/null); \
	if test -n "$$pid" && kill -0 "$$pid" 2>/dev/null; then \
		echo "error: a PostgreSQL runs on .postgres (process $$pid): stop it first" >&2; exit 1; fi
	rm -rf contract/node_modules
	rm -rf .venv .postgres build .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: contract/.linted
contract/.linted: contract/node_modules/.installed
	contract/node_modules/.bin/spectral lint --ruleset contract/spectral.yaml \
		--fail-severity=hint openapi.yaml
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		contract/node_modules/.bin/redocly lint --config contract/redocly.yaml openapi.yaml

contract/node_modules/.installed: contract/package-lock.json
	npm ci --prefix contract --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Each stamp records that a frozen list is installed. Lists name every package, so pip resolves
# nothing: with hashes, its resolver fails once a newer release appears. pip check comes after.
.venv/.run: requirements.txt | .venv/bin/pip
.venv/.dev: requirements-dev.txt | .venv/bin/pip
.venv/.run .venv/.dev:
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r $<
	@$(BIN)/python -m pip check --disable-pip-version-check || { \
		echo "error: .venv holds packages of an earlier list: run make clean, then try again" >&2; \
		exit 1; }
	@touch $@

.venv/bin/pip:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: Python 3.11 or newer is needed: install it, or name it: make run PYTHON=..." >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
