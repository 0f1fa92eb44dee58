# Same verbs everywhere. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := libs/schemas libs/kit libs/xero_sim libs/testing libs/cli services/connector services/contacts services/bills services/payments deploy/local deploy/helm

.venv/ready: requirements.txt $(PACKAGES:%=%/pyproject.toml)
	@echo "Making .venv and installing the pinned packages …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@# pip's --require-hashes refuses editable packages, so ours come after the locked third parties.
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation $(PACKAGES:%=-e %)
	@touch $@

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: .venv/ready ## Start everything, play the first day of one tenant, stop everything
	@$(BIN)/python -m tieout_local.demo

up: .venv/ready ## Start everything and keep it running; Ctrl-C stops it
	@$(BIN)/python -m tieout_local.up

test: .venv/ready ## Run all tests against a real Kafka and a real Postgres
	@# Two processes, each with servers of its own; a file's tests stay together, for they share what is dear to make.
	@# In the order in which they were collected: the longest files come first (tieout_testing.pytest_plugin).
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test-long: .venv/ready ## Run what takes long: every kill and the whole storm, recorded in bench/results
	@$(BIN)/pytest -m long libs
	@$(BIN)/pytest -m long -n 2 --dist load services

bench: .venv/ready ## Measure, beside a baseline in the same run; NAME=kit for one
	@$(BIN)/python -m bench $(NAME)
	@$(BIN)/python -m bench.report

mutants: .venv/ready ## Change the pure code a little, and see that its tests notice; NAME=bills for one package
	@$(BIN)/python -m bench.mutants $(NAME)
	@$(BIN)/python -m bench.report

check: .venv/ready ## Lint, types, layers, generated files, the Helm chart
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@# One package at a time: every tests/ folder has a conftest of its own.
	@for package in $(PACKAGES) tests bench examples/python; do $(BIN)/mypy $$package || exit 1; done
	@$(BIN)/lint-imports
	@$(BIN)/python -m tieout_schemas.generate --check
	@$(BIN)/python -m tieout_local.metrics --check
	@$(BIN)/python -m tieout_connector.generate --check
	@$(BIN)/python -m tieout_local.roles --check
	@$(BIN)/python -m tieout_chart.generate --check
	@$(BIN)/pytest -q deploy/helm
	@$(BIN)/python -m tieout_local.rules_tests --check
	@$(BIN)/python -m bench.report --check
	@$(BIN)/python -m tieout_local.advisories
	@git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --no-verify --baseline .secrets.baseline

format: .venv/ready ## Format the code
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

generate: .venv/ready ## Write the JSON Schemas and the pages that are made from the code
	@$(BIN)/python -m tieout_schemas.generate
	@$(BIN)/python -m tieout_local.metrics
	@$(BIN)/python -m tieout_connector.generate
	@$(BIN)/python -m tieout_local.roles
	@$(BIN)/python -m tieout_chart.generate
	@$(BIN)/python -m tieout_local.rules_tests

rules: .venv/ready ## Write docs/rules-tests.md: which tests prove which rule
	@$(BIN)/python -m tieout_local.rules_tests

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
IMAGES := deploy/images/requirements

lock: ## Pin the third parties by hash
	$(LOCK) requirements.in -o requirements.txt
	@# What is in an image or builds it, in the same versions.
	@for name in services simulator cli build; do \
		$(LOCK) -c requirements.txt $(IMAGES)/$$name.in -o $(IMAGES)/$$name.txt || exit 1; \
	done

clean: ## Remove the environment and all local data
	rm -rf .venv .tieout

.PHONY: help demo up test test-long bench mutants check format generate rules lock clean
