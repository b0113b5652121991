# Every path is relative, so that a checkout below a directory with spaces works.
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# The interpreter that makes the environment; the first suitable one is taken when this is empty.
PYTHON ?=
# Flags for uv, for example: make lock LOCK_FLAGS=--upgrade
LOCK_FLAGS ?=
# Flags for pytest, for example: make unit PYTEST_FLAGS='-k cursor'
PYTEST_FLAGS ?=
# What to measure, for example: make bench JOBS='startup latency'
JOBS ?=
# How many accounts `make soak` reads, and after how many minutes it begins with no further one.
SEEDS ?= 20
MINUTES ?= 30
# What builds images: docker, podman or buildah; the first that works is taken when this is empty.
ENGINE ?=
# The image to build on, Airbyte's when this is empty; BASE_IMAGE=local makes one of this machine's Debian packages.
BASE_IMAGE ?=
# The image with Flow's adapter, Estuary's when this is empty.
AIRBYTE_TO_FLOW_IMAGE ?=

VENV := .venv
BIN := $(VENV)/bin/python
STAMP := $(VENV)/.installed
PIP := $(BIN) -m pip --disable-pip-version-check -qq
UV := $(BIN) -m uv --quiet --no-python-downloads
# What reads by the connector, in an environment of its own: its dependencies contradict those of the connector.
CLIENTS := .clients
CLIENTS_STAMP := $(CLIENTS)/.installed
CLIENTS_REQUIREMENTS := integration_tests/clients/requirements
PYTEST := $(BIN) -m pytest -n 2 --dist worksteal
COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(LOCK_FLAGS)
IMAGES = $(BIN) -m integration_tests.images --engine '$(ENGINE)' --base '$(BASE_IMAGE)'
# What the editable install and `make lock` need, beside the extra "dev".
BUILD_TOOLS := 'editables\nhatchling>=1.27\nuv\n'

# Sets the shell's `python` to the first of the interpreters $(1) that is 3.11 or newer and older than 3.$(2).
find_python = python=''; \
	for candidate in $(1); do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, $(2)))' 2>/dev/null; \
	  then python="$$candidate"; break; fi; \
	done
# Installs the lock file $(2) into the environment $(1): by uv in seconds, or by pip if only pip is told where to look.
install_locked = $(UV) pip install --python $(1)/bin/python --require-hashes --requirement $(2) || \
	{ echo 'uv could not install them; trying with pip' >&2; \
	  $(PIP) --python $(1)/bin/python install --no-compile --no-deps --require-hashes --requirement $(2); }

.PHONY: help setup clients demo test test-all lint types unit integration soak format docs bench lock clean image \
	image-flow image-test

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## Create .venv with the locked dependencies and the connector

$(STAMP): requirements-dev.lock pyproject.toml
	@$(call find_python,$(if $(PYTHON),'$(PYTHON)',python3.13 python3.12 python3.11 python3),14); \
	if [ -z "$$python" ]; then \
	  echo 'Python 3.11, 3.12 or 3.13 is needed and none was found;' \
	    'install one, or name it: make setup PYTHON=/path/to/python3' >&2; exit 1; \
	fi; \
	if ! $(BIN) -m pip --version >/dev/null 2>&1; then \
	  echo "Creating $(VENV) with $$python"; "$$python" -m venv --clear $(VENV); \
	fi
	@echo 'Installing the locked dependencies (once)'
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > $(VENV)/uv.lock
	@$(PIP) install --no-compile --require-hashes --requirement $(VENV)/uv.lock
	@$(call install_locked,$(VENV),requirements-dev.lock)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@# On all processors, where pip would use one. Without it a machine that writes no bytecode compiles at each start.
	-@$(BIN) -m compileall -qq -j 0 $(VENV)/lib source_tiktok_marketing
	@touch $(STAMP)

clients: $(CLIENTS_STAMP) ## Create .clients with PyAirbyte and dbt, which need Python 3.11 or 3.12

$(CLIENTS_STAMP): $(CLIENTS_REQUIREMENTS).lock | $(STAMP)
	@$(call find_python,$(BIN) python3.12 python3.11 python3,13); \
	if [ -z "$$python" ]; then \
	  echo 'Left out: PyAirbyte and dbt. They need Python 3.11 or 3.12, and neither was found.' >&2; exit 0; \
	fi; \
	echo 'Installing PyAirbyte and dbt (once)'; \
	$(UV) venv --clear --python "$$python" $(CLIENTS) && \
	{ $(call install_locked,$(CLIENTS),$(CLIENTS_REQUIREMENTS).lock); } && \
	PYTHONDONTWRITEBYTECODE= AIRBYTE_OFFLINE_MODE=1 DO_NOT_TRACK=1 \
	  $(CLIENTS)/bin/python -W ignore -c 'import airbyte, dbt.cli.main, matplotlib.pyplot' && \
	touch $(CLIENTS_STAMP)

demo: setup clients ## Read a seeded account from the local emulator
	@$(BIN) -m integration_tests.demo

test: lint types ## Lint, types and all tests but the slow ones, in about two minutes
	@$(PYTEST) -m 'not slow' $(PYTEST_FLAGS)

test-all: lint types clients ## The gate: lint, types and all tests
	@$(PYTEST) $(PYTEST_FLAGS)

lint: setup ## Check style and formatting
	@$(BIN) -m ruff check .
	@$(BIN) -m ruff format --check .

types: setup ## Check types
	@$(BIN) -m mypy

unit: setup ## Run the unit tests
	@$(PYTEST) unit_tests $(PYTEST_FLAGS)

integration: setup clients ## Run the tests against the emulator, the slow ones too
	@$(PYTEST) integration_tests $(PYTEST_FLAGS)

soak: setup ## Read everything under random faults and compare, again and again; SEEDS=20 MINUTES=30
	@$(BIN) -m integration_tests.soak --seeds $(SEEDS) --minutes $(MINUTES)

image: setup ## Build the image; BASE_IMAGE=local where none can be pulled, ENGINE=podman
	@$(IMAGES) connector

image-flow: setup ## Build the image of the Estuary Flow capture on that of `make image`
	@$(IMAGES) flow --adapter '$(AIRBYTE_TO_FLOW_IMAGE)'

image-test: setup ## Build both images and run them against the emulator, without root, memory or a place to write
	@$(IMAGES) test

format: setup ## Format the code and apply safe fixes
	@$(BIN) -m ruff check --fix .
	@$(BIN) -m ruff format .

docs: setup ## Renew what is generated: spec.json, golden files, documentation tables, the layout of schemas
	@$(BIN) -m unit_tests.generate

bench: setup ## Measure against Airbyte's package on the emulator; JOBS=startup for a part
	@$(BIN) -m benchmarks $(JOBS)

lock: setup ## Renew the lock files after a change of dependencies
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@printf $(BUILD_TOOLS) | $(COMPILE) --extra dev --constraint requirements.lock \
	  pyproject.toml - --output-file requirements-dev.lock
	@# The image runs the command line only, which does without Airbyte's CDK and the 250 MB that come with it.
	@sed -n '/^dependencies = \[/,/^\]/s/^ *"\([^"]*\)",$$/\1/p' pyproject.toml | grep -v '^airbyte-cdk' | \
	  $(COMPILE) --constraint requirements.lock - --output-file requirements-image.lock
	@$(COMPILE) $(CLIENTS_REQUIREMENTS).in --output-file $(CLIENTS_REQUIREMENTS).lock

clean: ## Remove the environment, caches and everything generated
	@rm -rf $(VENV) $(CLIENTS) .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist demo_output benchmarks/output
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
