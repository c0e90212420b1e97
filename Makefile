# One-word commands; continuous integration runs `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SOURCE ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Node comes from the Python environment, whose programs npm's own scripts have to find.
NPM    := PATH="$(abspath $(BIN)):$$PATH" npm
# Two workers on two cores: more threads inside each would only wait for each other. A file is run by one of them, so that
# what its tests share is prepared once. Containers often forbid Python to keep what it compiled; of the tests, that is 13
# seconds of each worker.
PYTEST := PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/pytest

# Every part runs, whatever became of those before it; the last lines say which were red.
define each
failed=; for part in $(1); do \
  printf '\n===== make %s\n' $$part; \
  $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; \
done; \
if [ -n "$$failed" ]; then printf '\nFailed:%s\n' "$$failed"; exit 1; fi; \
printf '\nPassed: %s\n' '$(strip $(1))'
endef

.PHONY: run test check ruff format mypy javascript unit unit-fast in-browser check-portable browser docs benchmarks screenshots clean

run: $(VENV)/.runtime  ## install what is needed and open the dashboard (SOURCE=path for your own data)
	$(BIN)/margin open $(SOURCE)

test: $(VENV)/.dev  ## everything: checks, unit tests, a real browser
	@$(call each,ruff format mypy javascript unit in-browser)

check: $(VENV)/.dev  ## the fast part: under two minutes, no browser
	@$(call each,ruff format mypy javascript unit-fast)

ruff: $(VENV)/.dev
	$(BIN)/ruff check .

format: $(VENV)/.dev
	$(BIN)/ruff format --check .

mypy: $(VENV)/.dev
	$(BIN)/mypy --num-workers 2

unit: $(VENV)/.dev
	$(PYTEST) -n 2 --ignore=tests/browser

unit-fast: $(VENV)/.dev
	$(PYTEST) -n 2 --ignore=tests/browser -m "not slow"

in-browser: $(VENV)/.dev browser
	$(PYTEST) -n 2 tests/browser

check-portable: $(VENV)/.dev browser  ## all tests as on other machines; TESTS="--ignore=tests/browser" for some of them
	PYTHONDONTWRITEBYTECODE= $(BIN)/python tests/portable.py $(TESTS)

javascript: node_modules/.dev  ## the browser's modules: types, linter, unit tests
	$(NPM) run --silent check

browser:  ## a Chromium for the browser tests
	@sh tests/browser/install_chromium.sh

docs: $(VENV)/.dev  ## the site, in build/docs; a warning is an error
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs

benchmarks: $(VENV)/.dev  ## measure; writes docs/benchmarks/
	$(BIN)/python benchmarks/run.py

screenshots: $(VENV)/.dev browser  ## the README's pictures, from the running dashboard
	$(BIN)/python benchmarks/screenshots.py

$(VENV)/.runtime: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "MARGIN needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make run PYTHON=python3.12"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

node_modules/.dev: $(VENV)/.dev package.json package-lock.json
	$(NPM) ci --loglevel=error
	touch $@

clean:
	rm -rf $(VENV) node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
