# Everything sets itself up; a fresh clone needs Python 3.11 or newer, Go and make.

PLATFORM ?= platform.yaml
OUT ?= out
TESTS ?= tests
BASE ?= HEAD
UV ?= uv

VENV := .venv
RUN := $(VENV)/bin/python -m
BUILD_READY := $(VENV)/build.stamp
DEV_READY := $(VENV)/dev.stamp
WORKER_PACKAGES := worker/node_modules/.stamp
WORKER_READY := worker/built/.stamp
TOOLS := promtool amtool alertmanager prometheus vmalert
PIP := $(RUN) pip --disable-pip-version-check install --quiet --require-hashes
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

.DEFAULT_GOAL := help
.PHONY: help build test check bench mutate backtest diff preview pictures preview-app worker e2e format lock clean gone

help: ## say what there is (also plain `make`)
	@echo 'make TARGET [PLATFORM=platform.yaml] [OUT=out] [TESTS=tests]'
	@echo
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' Makefile

build: $(BUILD_READY) ## compile PLATFORM into OUT: dashboards, rules, runbooks, tests
	@$(RUN) generator build --platform '$(PLATFORM)' --out '$(OUT)'
	@$(if $(NPM),,echo 'build: left out: worker/, the library that Workers import; make worker builds it with Node.js 20 or newer' >&2)
	$(call older,worker/built,$(WORKER_READY),$(WORKER_SOURCES),worker)
	$(call older,preview/built,$(PREVIEW_READY),$(PREVIEW_SOURCES),preview-app)

# Says that what was built before (its folder, its stamp) is older than one of its sources, and which target cures it.
older = @test ! -f $(2) || test -z "$$(find $(3) -newer $(2))" || echo 'build: $(1) is older than its sources; make $(4) builds it anew' >&2

# Where Go or Node.js is missing, what needs it is left out, and said so at the end; with CI=true it is a fault.
GO := $(or $(CI),$(shell command -v go 2>/dev/null))
NPM := $(or $(CI),$(shell command -v npm 2>/dev/null))

test: $(DEV_READY) $(if $(NPM),$(WORKER_READY) preview-app) ## prove alerts, panels and pages, and all else (TESTS=tests/emit: some)
	@$(if $(GO),$(RUN) generator.external $(TOOLS) >/dev/null)
	@$(RUN) pytest $(TESTS)

e2e: $(DEV_READY) $(WORKER_PACKAGES) ## the example's Workers in workerd, Prometheus and the alerts, from end to end (needs Node.js and Go)
	@$(RUN) generator.external prometheus >/dev/null
	@$(RUN) pytest tests/e2e

worker: $(WORKER_READY) ## check, test and build the library that Workers import (needs Node.js; Go for a real Prometheus; takes minutes)

check: $(DEV_READY) ## out/ is fresh and lawful, promtool agrees; ruff, mypy, import floors; with CI=true all mutants
	@$(RUN) generator check --platform '$(PLATFORM)' --out '$(OUT)'
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(VENV)/bin/lint-imports
	@if test -n "$$CI"; then $(RUN) generator mutate; fi

bench: $(DEV_READY) ## measure builds for this platform and 10,000 tenants, simulations for 1,000, a million log lines
	@$(RUN) generator bench --platform '$(PLATFORM)'
	@$(RUN) generator simulate --bench --platform '$(PLATFORM)'
	@$(RUN) generator logs bench --platform '$(PLATFORM)'

mutate: $(DEV_READY) ## make every rule wrong, one way at a time: do the stories notice? (three to five minutes)
	@$(RUN) generator mutate

backtest: $(DEV_READY) ## replay the rules over incidents and 30 ordinary days, into docs/backtest.md (about 20 minutes)
	@$(RUN) generator backtest --platform '$(PLATFORM)' --out '$(OUT)'

# The text needs Python only. Without npm there is no page with screenshots, and the command says so.
diff: $(if $(TEXT),$(BUILD_READY),$(DEV_READY) $(if $(NPM),preview-app)) ## what the sources change since BASE (BASE=HEAD), as text and as a page with screenshots (TEXT=yes: text only)
	@$(RUN) generator diff --platform '$(PLATFORM)' --out '$(OUT)' --base '$(BASE)' $(if $(TEXT),--text)

preview: $(DEV_READY) preview-app ## draw the dashboards over a simulated day, and redraw what is edited (needs Node.js)
	@$(RUN) generator preview --platform '$(PLATFORM)' --out '$(OUT)' --prometheus '$(PROMETHEUS_URL)'

pictures: $(DEV_READY) preview-app ## pictures of the dashboards, into docs/pictures (needs Node.js)
	@$(RUN) generator pictures --platform '$(PLATFORM)' --out '$(OUT)'

format: $(DEV_READY) ## lay out the Python, and mend what ruff can mend
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

lock: ## resolve requirements/*.in anew into the locks (needs uv; LOCK_FLAGS=--upgrade: newest versions)
	@command -v $(UV) >/dev/null || { echo 'lock: uv is missing; install it (pip install uv), or name it: make lock UV=/path/to/uv' >&2; exit 2; }
	@$(LOCK) $(LOCK_FLAGS) requirements/build.in --output-file requirements/build.lock
	@$(LOCK) $(LOCK_FLAGS) requirements/build.in requirements/dev.in --constraint requirements/build.lock --output-file requirements/dev.lock

clean: ## remove what make made beside out/: .venv, .tools, packages of npm, pages and caches
	@rm -rf preview/node_modules preview/built worker/node_modules worker/built
	@rm -rf $(VENV) .tools .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written last, so a half-made .venv is made anew; so is one whose Python is no longer there.
WHOLE := $(shell $(VENV)/bin/python -c '' 2>/dev/null && echo yes)

$(BUILD_READY): requirements/build.lock $(if $(WHOLE),,gone)
	@found=; for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found=$$python && break; \
	done; \
	test -n "$$found" || { echo 'No Python 3.11 or newer with its venv module; install one, or name it: make PYTHON=/path/to/python3' >&2; exit 2; }; \
	echo "Setting up $(VENV) with $$($$found --version) ..." >&2; \
	"$$found" -m venv --clear $(VENV)
	@$(PIP) --requirement requirements/build.lock
	@touch $@

$(DEV_READY): requirements/dev.lock $(BUILD_READY)
	@echo 'Setting up the tests and linters ...' >&2
	@$(PIP) --requirement requirements/dev.lock
	@touch $@

# The page that draws the dashboards: packages and build anew when its sources changed.
PREVIEW_READY := preview/node_modules/.stamp
PREVIEW_SOURCES := $(wildcard preview/*.json preview/*.ts preview/*.html preview/src/* preview/src/panels/*)

preview-app: $(PREVIEW_READY) ## build the page that draws the dashboards (needs Node.js)

$(PREVIEW_READY): $(PREVIEW_SOURCES)
	@command -v npm >/dev/null || { echo 'preview-app: Node.js 20 or newer with npm is missing; install it' >&2; exit 2; }
	@echo 'Setting up the preview ...' >&2
	@cd preview && npm ci --silent --no-audit --no-fund && npm run --silent build -- --logLevel warn
	@touch $@

# The Workers' end: packages, then checked, tested and built anew when its sources or the contract changed.
WORKER_SOURCES := $(shell find worker -type d '(' -name node_modules -o -name built ')' -prune -o -type f -print) \
  out/contract/contract.gen.ts

$(WORKER_PACKAGES): worker/package.json worker/package-lock.json
	@command -v npm >/dev/null || { echo 'worker: Node.js 20 or newer with npm is missing; install it' >&2; exit 2; }
	@echo 'Setting up the packages of worker/ ...' >&2
	@cd worker && npm ci --silent --no-audit --no-fund
	@touch $@

$(WORKER_READY): $(WORKER_PACKAGES) $(WORKER_SOURCES) | $(DEV_READY)
	@$(if $(GO),$(RUN) generator.external prometheus >/dev/null)
	@cd worker && npm run --silent check && npm test --silent && npm run --silent build
	@touch $@
