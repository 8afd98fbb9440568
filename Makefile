# Everything a newcomer needs: `make run` serves, `make test` proves. Both set up .venv first.

VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
HOST   ?= 127.0.0.1

# The first interpreter that is new enough; empty where there is none.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$name"; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help install run test test-clients test-thorough fuzz check format bench clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.compiled ## make .venv with pinned packages and the caspian command

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed;" \
		"python3 here is: $$(python3 --version 2>&1 || echo none)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$("$(PYTHON)" --version 2>&1)" >&2; \
		exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { echo "Python's venv module is needed" \
		"(on Debian and Ubuntu: the package python3-venv)" >&2; rm -rf $(VENV); exit 1; }
	@touch $@

# Without isolation the build tool is installed once, pinned; without compiling, what nobody imports
# costs nothing.
$(VENV)/.installed: requirements.txt requirements-build.txt pyproject.toml | $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
		-r requirements-build.txt -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@touch $@

# Apart, for what does not run the code need not wait for it.
$(VENV)/.compiled: $(VENV)/.installed
	@echo "compiling the inner loops and bytecode (once, one to two minutes)"
	$(BIN)/python -m api.precompile
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Spark alone takes a minute.
$(VENV)/.installed-clients: requirements-clients.txt $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-build-isolation \
		-r requirements-clients.txt
	@touch $@

run: install ## build the default edition and serve it on PORT (8000)
	$(BIN)/caspian serve --host $(HOST) --port $(PORT)

PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile \
	--no-loadscope-reorder

test: $(VENV)/.installed-dev $(VENV)/.compiled ## run the tests that need nothing but Python
	$(PYTEST)

test-clients: $(VENV)/.installed-clients $(VENV)/.compiled ## run those of whole services, and with programs of others (see .ci/run)
	$(PYTEST) -m "(clients or whole) and not thorough" tests/*/

test-thorough: $(VENV)/.installed-clients $(VENV)/.compiled ## run the tests that take longest, of both kinds
	$(PYTEST) -m thorough
	$(PYTEST) -m thorough tests/clients

fuzz: $(VENV)/.installed-dev $(VENV)/.compiled ## ask the service 100,000 things that nobody would ask
	$(BIN)/python -m tests.fuzz.run --requests 100000

check: $(VENV)/.installed-dev ## lint, formatting, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev ## put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev $(VENV)/.compiled ## run the benchmarks (needs Debian's wrk)
	@for script in benchmarks/*.py; do \
		case "$$script" in */_*) continue ;; esac; \
		echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
