# make run    start Pallaq here, with its own PostgreSQL, on http://127.0.0.1:8000
# make test   every test; what needs a browser skips with the reason where there is none
# make check  lint, types, import contracts, migrations, tests with the coverage of brecha
# make mutants  changes brecha's core one operator at a time and says what no test noticed: an hour or two
# make peers  adds Spark (Java 17) and Tau-Argus to the environment, so that the tests against them run too
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
MESSAGES := $(shell find pallaq -name 'django.po')

.PHONY: run test coverage mutants peers check lint types contracts migrations messages lock clean
.DEFAULT_GOAL := run

run: $(VENV)/.ready
	@exec $(BIN)/pallaq up

$(UV): requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Pallaq needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

$(VENV)/.installed: $(UV) requirements.lock pyproject.toml packages/brecha/pyproject.toml
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . -e packages/brecha
	@touch $@

$(VENV)/.ready: $(VENV)/.installed $(MESSAGES)
	@$(BIN)/python tools/messages.py compile
	@touch $@

$(VENV)/.dev: $(VENV)/.ready requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

# What brecha is compared with in tests: Spark, half a gigabyte, which needs Java 17, and Tau-Argus.
$(VENV)/.peers: $(VENV)/.dev requirements-peers.lock
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-peers.lock
	@touch $@

peers: $(VENV)/.peers

test: coverage
	$(BIN)/python -m pytest pallaq tests

# brecha's own tests reach every branch of it. Some is Spark's: without `make peers` what is missing is only shown.
coverage: $(VENV)/.dev
	$(BIN)/python -m pytest packages/brecha/tests --cov --cov-report=term-missing:skip-covered $(if $(wildcard $(VENV)/.peers),--cov-fail-under=100)

# In an environment of its own; verdicts stay in packages/brecha/mutants, of which a second run only does what changed.
# make mutants ONLY='brecha.variance*' does one module.
mutants: $(VENV)/.dev
	cd packages/brecha && nice -n 19 ../../$(BIN)/uvx --quiet --from mutmut==3.8.1 --with-requirements ../../requirements.lock --with-requirements ../../requirements-dev.lock mutmut run --max-children 1 $(if $(ONLY),'$(ONLY)')

check: lint types contracts migrations test

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --check --lint pallaq

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	PYTHONPATH=packages/brecha/src $(BIN)/uvx --quiet --from import-linter==2.16 lint-imports

migrations: $(VENV)/.dev
	$(BIN)/python -W "ignore:Got an error checking a consistent" manage.py makemigrations --check --dry-run

messages: $(VENV)/.dev
	$(BIN)/python tools/messages.py update

# The locks name no index: they install from whichever one this machine uses.
lock: $(UV)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-package brecha pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-package brecha pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group peers -c requirements.lock -o requirements-peers.lock
	echo uv | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url - -o requirements-uv.lock

clean:
	rm -rf $(VENV)
