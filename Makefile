# Every target installs what it needs. A fresh clone needs Python 3.11 or newer, Go and make; Node.js 20 for the rest.

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
MODELS := tools/kubernetes-models
MODELS_READY := $(MODELS)/node_modules/.stamp
TOOLS := promtool amtool alertmanager prometheus vmalert
DEPLOY_TOOLS := kustomize helm fluxbuild composecheck
BACKEND_TOOLS := promtool prometheus prometheus_3_10 promtool_3_10 victoriametrics vmalert vmalert-tool thanos cortex
PIP := $(RUN) pip --disable-pip-version-check --no-color install --progress-bar off --require-hashes
# A silent command prints a line every ten seconds.
SLOW := $(CURDIR)/$(VENV)/bin/python -m generator.external.with_progress
REQUIRE := PYTHON='$(PYTHON)' sh tools/require.sh
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

VENV_WORKS := $(shell $(VENV)/bin/python -c '' 2>/dev/null && echo yes)

.DEFAULT_GOAL := help
.PHONY: help build test test-python test-worker test-preview tools check verify test-changes test-mutants test-samples test-platforms test-outage test-chance test-deploy test-gateway test-nginx backends bench mutate backtest backtest-months diff preview pictures conformance doctor rehearse preview-app worker e2e checks-docs wheel record format lock clean gone

help: ## list the targets (also plain `make`)
	@echo 'make TARGET [PLATFORM=platform.yaml] [OUT=out] [TESTS=tests]'
	@echo
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

build: require-build $(BUILD_READY) ## compile PLATFORM into OUT: dashboards, rules, runbooks, alert tests (FORCE=yes: over edited files)
	@$(RUN) generator build --platform '$(PLATFORM)' --out '$(OUT)' $(if $(FORCE),--force)
	@$(if $(NPM),,echo 'build: left out: worker/, the library that Workers import; make worker builds it and needs Node.js 20 or newer' >&2)
	$(call older,worker/built,$(WORKER_READY),$(WORKER_SOURCES),worker)
	$(call older,preview/built,$(PREVIEW_READY),$(PREVIEW_SOURCES),preview-app)

# Warns where an earlier build (its folder, its stamp) is older than one of its sources, and names the target to run.
older = @test ! -f $(2) || test -z "$$(find $(3) -newer $(2))" || echo 'build: $(1) is older than its sources; run make $(4)' >&2

# Without Go or Node.js, tests that need it are left out, and the last line says so; with CI=true that is an error.
GO := $(or $(CI),$(shell command -v go 2>/dev/null))
NPM := $(or $(CI),$(shell command -v npm 2>/dev/null))

# What a target needs is checked, with one message, before anything is installed or built. CI leaves nothing out.
NEEDS_test := $(if $(CI),go node git)
NEEDS_check := promtool
NEEDS_mutate := promtool
NEEDS_test-mutants := promtool
NEEDS_backtest := prometheus vmalert sloth
NEEDS_backtest-months := prometheus vmalert
NEEDS_diff := git
NEEDS_rehearse := git prometheus
NEEDS_test-platforms := promtool
NEEDS_test-outage := promtool prometheus alertmanager
NEEDS_test-chance := promtool
NEEDS_test-gateway := node prometheus otelcol openssl
NEEDS_test-nginx := prometheus nginx openssl
NEEDS_test-deploy := node prometheus alertmanager $(DEPLOY_TOOLS)
NEEDS_backends := node $(BACKEND_TOOLS)
NEEDS_test-changes := git $(TOOLS)
NEEDS_tools := $(TOOLS)
NEEDS_preview := node
NEEDS_pictures := node
NEEDS_worker := node
NEEDS_e2e := node
require-%:
	@$(REQUIRE) $* $(if $(VENV_WORKS),,python) $(NEEDS_$*)

test: require-test ## run all tests, Python's beside those of the Workers (TESTS=tests/rendering: only some of Python's)
	@$(MAKE) --no-print-directory $(DEV_READY)
	@$(MAKE) --no-print-directory $(if $(filter-out tests,$(TESTS)),test-python,--keep-going -j $(if $(CI),1,2) test-python $(if $(NPM),test-worker test-preview))

# Each process has whole files of tests: what a file prepares, it prepares once. They run in the order of tests/conftest.py.
PARALLEL := --numprocesses=2 --dist=loadfile --no-loadscope-reorder

# promtool, which most tests need, is built first. The others are built beside the tests, and each test that needs one waits.
test-python: $(DEV_READY) ## run the alert tests and the other Python tests (TESTS=tests/rendering: some of them)
	@$(if $(GO),$(RUN) generator.external promtool >/dev/null)
	@$(if $(GO),$(if $(filter-out tests,$(TESTS)),,$(RUN) generator.external $(TOOLS) >/dev/null & tools=$$!;)) \
	  $(RUN) pytest --durations=10 $(if $(filter-out tests,$(TESTS)),,$(PARALLEL) --ignore=tests/e2e --ignore=tests/view --ignore=tests/deploy --ignore=tests/gateway --ignore=tests/backends) $(TESTS); \
	  status=$$?; test -z "$$tools" || wait $$tools; exit $$status

test-worker: $(WORKER_READY) ## run the tests of the Workers' library, and the example Workers in workerd (needs Node.js)
	@$(RUN) pytest --durations=10 tests/e2e

test-preview: $(DEV_READY) preview-app ## run the tests of the preview and of diff, in a browser (needs Node.js)
	@$(RUN) pytest --durations=10 tests/view

tools: require-tools $(BUILD_READY) ## find or build the Go tools that the tests use, into .tools/ (some six minutes, once)
	@$(RUN) generator.external $(TOOLS)

e2e: require-e2e $(DEV_READY) $(WORKER_PACKAGES) ## run the example Workers in workerd, with Prometheus and the alerts (needs Node.js and Go)
	@$(RUN) generator.external prometheus >/dev/null
	@$(RUN) pytest tests/e2e

worker: require-worker $(WORKER_READY) ## check, test and build the Workers' library (needs Node.js; Go for Prometheus; takes minutes)

check: require-check $(DEV_READY) ## verify that OUT is up to date and that promtool accepts it; ruff, mypy, import layers
	@$(RUN) generator check --platform '$(PLATFORM)' --out '$(OUT)'
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(VENV)/bin/lint-imports

verify: test-mutants test-samples test-platforms test-outage test-deploy test-gateway test-changes ## run the long proofs: mutation testing, every case of sampled tests and the long ones, alert tests on other platforms, an outage in a time lapse, what GitOps tools make of out/, the gateway before Prometheus, and the tests after five typical changes (three quarters of an hour on two idle cores, and ten minutes once to build the tools)

test-samples: require-test-samples $(DEV_READY) $(if $(NPM),preview-app) ## run every case of the tests of which `make test` runs a sample, and the long tests
	@$(RUN) pytest --every-case -m "sampled or long" $(PARALLEL) --ignore=tests/e2e --ignore=tests/view --ignore=tests/deploy --ignore=tests/gateway --ignore=tests/backends tests
	$(if $(NPM),@$(RUN) pytest --every-case -m "sampled or long" tests/view)

test-platforms: require-test-platforms $(DEV_READY) ## run the alert tests on platforms with other names and numbers, some of them random: each long test on every fourth platform (EVERY=yes: on all)
	@$(RUN) generator.external promtool >/dev/null
	@$(RUN) generator.run tests.alerts $(if $(EVERY),--every-test)

test-outage: require-test-outage $(DEV_READY) ## count the notifications of an outage, through Prometheus and Alertmanager in a time lapse (four minutes)
	@$(RUN) generator.external promtool prometheus alertmanager >/dev/null
	@$(RUN) generator.run tests.outage

test-deploy: require-test-deploy $(DEV_READY) $(MODELS_READY) ## deploy out/ with kustomize, Flux' substitution, Helm and Compose's reader, and validate custom resources (builds them once, some five minutes)
	@$(RUN) generator.external prometheus alertmanager $(DEPLOY_TOOLS) >/dev/null
	@$(RUN) pytest --durations=10 tests/deploy

backends: require-backends $(DEV_READY) $(WORKER_PACKAGES) ## push to each database as Workers do, and run the rules of its build in its ruler, into docs/backends/measured.json: Prometheus 3.10 and the newest, VictoriaMetrics with vmalert, Thanos, Cortex (three quarters of an hour, and half of one once to build them)
	@$(RUN) generator.external $(BACKEND_TOOLS) >/dev/null
	@$(RUN) pytest --durations=10 tests/backends

test-gateway: require-test-gateway $(DEV_READY) $(WORKER_PACKAGES) ## push through a real Collector into Prometheus, as Workers and as strangers (builds the Collector once, two minutes)
	@$(RUN) generator.external prometheus otelcol >/dev/null
	@$(RUN) pytest --durations=10 --ignore=tests/gateway/test_nginx.py tests/gateway

test-nginx: require-test-nginx $(DEV_READY) ## push through a real nginx into Prometheus, as Workers and as strangers (needs nginx, or NGINX=PROGRAM)
	@$(RUN) generator.external prometheus >/dev/null
	@$(RUN) pytest --durations=10 tests/gateway/test_nginx.py

test-chance: require-test-chance $(DEV_READY) ## open tickets over random traffic of small and large tenants, into docs/small-tenants.md (a quarter of an hour)
	@$(RUN) generator.external promtool >/dev/null
	@$(RUN) generator.run tests.verify.chance

test-changes: require-test-changes $(DEV_READY) ## apply five typical changes to a copy of the project, and compare the tests that fail with a list
	@$(RUN) generator.external $(TOOLS) >/dev/null
	@$(RUN) generator.run tests.changes

bench: require-bench $(DEV_READY) ## measure builds, simulations and the log scan
	@$(RUN) generator bench --platform '$(PLATFORM)'
	@$(RUN) generator simulate --bench --platform '$(PLATFORM)'
	@$(RUN) generator logs bench --platform '$(PLATFORM)'

mutate: require-mutate $(DEV_READY) ## change every rule in small ways, and verify that an alert test fails (twenty minutes)
	@$(RUN) generator mutate

test-mutants: require-test-mutants $(DEV_READY) ## mutate, with one in eight of the equivalent mutants, which no test kills and which take a third of the time (a quarter of an hour)
	@$(RUN) generator mutate --sample-equivalent

backtest: require-backtest $(DEV_READY) ## replay the rules over incidents and 30 ordinary days, into docs/backtest.md (an hour)
	@$(RUN) generator backtest --platform '$(PLATFORM)' --out '$(OUT)'

backtest-months: require-backtest-months $(DEV_READY) ## replay the rules over three months of 200 tenants without incidents, into docs/backtest-months.md (hours each; MONTH="30 days of 200 tenants, seed 2": that one)
	@$(RUN) generator backtest $(if $(MONTH),--month '$(MONTH)',--months) --platform '$(PLATFORM)' --out '$(OUT)'

# The text needs Python only. Without npm there is no page with screenshots, and the command says so.
diff: require-diff $(if $(TEXT),$(BUILD_READY),$(DEV_READY) $(if $(NPM),preview-app)) ## compare the sources with BASE (BASE=HEAD), as text and as a page with screenshots (TEXT=yes: text)
	@$(RUN) generator diff --platform '$(PLATFORM)' --out '$(OUT)' --base '$(BASE)' $(if $(TEXT),--text)

preview: require-preview $(DEV_READY) preview-app ## show the dashboards over a simulated day, and rebuild on changes (needs Node.js)
	@$(RUN) generator preview --platform '$(PLATFORM)' --out '$(OUT)' --prometheus '$(PROMETHEUS_URL)'

pictures: require-pictures $(DEV_READY) preview-app ## take screenshots of the dashboards, into docs/pictures (needs Node.js)
	@$(RUN) generator pictures --platform '$(PLATFORM)' --out '$(OUT)'

# A token comes from a file, so that it is in no command line. `--` ends the options: what follows is a URL.
conformance: require-conformance $(BUILD_READY) ## check a running Grafana, and leave nothing behind (GRAFANA_URL=URL GRAFANA_TOKEN_FILE=FILE GRAFANA_DATA_SOURCE=UID)
	@$(RUN) generator conformance --out '$(OUT)' $(if $(GRAFANA_TOKEN_FILE),--token-file '$(GRAFANA_TOKEN_FILE)') \
	  $(if $(GRAFANA_DATA_SOURCE),--data-source '$(GRAFANA_DATA_SOURCE)') -- '$(GRAFANA_URL)'

doctor: require-doctor $(BUILD_READY) ## check a running system against the contract, read-only (PROMETHEUS_URL=URL ALERTMANAGER_URL=URL GRAFANA_URL=URL GRAFANA_TOKEN_FILE=FILE …)
	@$(RUN) generator doctor --platform '$(PLATFORM)' --out '$(OUT)' \
	  $(if $(PROMETHEUS_TOKEN_FILE),--prometheus-token-file '$(PROMETHEUS_TOKEN_FILE)') \
	  $(if $(ALERTMANAGER_URL),--alertmanager '$(ALERTMANAGER_URL)') \
	  $(if $(ALERTMANAGER_TOKEN_FILE),--alertmanager-token-file '$(ALERTMANAGER_TOKEN_FILE)') \
	  $(if $(GRAFANA_URL),--grafana '$(GRAFANA_URL)') \
	  $(if $(GRAFANA_TOKEN_FILE),--grafana-token-file '$(GRAFANA_TOKEN_FILE)') -- '$(PROMETHEUS_URL)'

# An export rehearses nothing, so that it has neither a base nor a page.
rehearse: require-rehearse $(DEV_READY) ## what OUT would have done over the history of a Prometheus (PROMETHEUS_URL=URL BASE=HEAD SINCE=30d TOKEN_FILE=FILE INCIDENTS=FILE EXPORT=FILE, or RECORDING=FILE EXPECT=FILE)
	@$(RUN) generator rehearse --platform '$(PLATFORM)' --out '$(OUT)' \
	  $(if $(EXPORT),--export '$(EXPORT)',--base '$(BASE)') $(if $(RECORDING),--recording '$(RECORDING)') \
	  $(if $(EXPECT),--expect '$(EXPECT)') $(if $(SINCE),--since '$(SINCE)') \
	  $(if $(TOKEN_FILE),--token-file '$(TOKEN_FILE)') $(if $(INCIDENTS),--incidents '$(INCIDENTS)') \
	  $(if $(EXPORT),,--html .cache/rehearse/index.html) $(if $(PROMETHEUS_URL),-- '$(PROMETHEUS_URL)')

checks-docs: $(DEV_READY) ## write the pages of the checks, into docs/checks
	@$(RUN) generator.run generator.checks.pages
	@$(RUN) generator.run generator.verify.doctor.pages

# Without build/, which setuptools leaves: a module that was removed would be in the wheel.
wheel: $(DEV_READY) ## build the package that adopters install, into dist/
	@rm -rf build
	@$(RUN) pip --disable-pip-version-check wheel --quiet --no-deps --no-index --no-build-isolation --wheel-dir dist .
	@rm -rf build && ls dist/*.whl

record: $(DEV_READY) ## write what `upgrade` compares: the default definitions of this version, at its release
	@$(RUN) generator.run generator.adopt.record

format: $(DEV_READY) ## format the Python sources, and apply the fixes that ruff can make
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

lock: ## resolve requirements/*.in into the locks (needs uv; LOCK_FLAGS=--upgrade: newest versions)
	@command -v $(UV) >/dev/null || { echo 'lock: uv is missing; install it (pip install uv), or run make lock UV=/path/to/uv' >&2; exit 2; }
	@$(LOCK) $(LOCK_FLAGS) requirements/build.in --output-file requirements/build.lock
	@$(LOCK) $(LOCK_FLAGS) requirements/build.in requirements/dev.in --constraint requirements/build.lock --output-file requirements/dev.lock

clean: ## remove everything that make installed or built, except out/
	@rm -rf preview/node_modules preview/built worker/node_modules worker/built $(MODELS)/node_modules
	@rm -rf $(VENV) .tools .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is written last, so that an incomplete .venv is made again; so is one whose Python was removed.
$(BUILD_READY): requirements/build.lock $(if $(VENV_WORKS),,gone)
	@interpreter=; for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && interpreter=$$python && break; \
	done; \
	test -n "$$interpreter" || { echo 'make: Python 3.11 or newer with its venv module is missing; install it, or run make PYTHON=/path/to/python3' >&2; exit 2; }; \
	echo "Setting up $(VENV) with $$($$interpreter --version) ..." >&2; \
	"$$interpreter" -m venv --clear $(VENV)
	@$(PIP) --requirement requirements/build.lock
	@touch $@

$(DEV_READY): requirements/dev.lock $(BUILD_READY)
	@echo 'Setting up the tests and linters ...' >&2
	@$(PIP) --requirement requirements/dev.lock
	@touch $@

# The preview page: installed and built again when its sources change.
PREVIEW_READY := preview/node_modules/.stamp
PREVIEW_SOURCES := $(wildcard preview/*.json preview/*.ts preview/*.html preview/src/* preview/src/panels/*)

preview-app: $(PREVIEW_READY) ## build the preview page (needs Node.js)

$(PREVIEW_READY): $(PREVIEW_SOURCES) | $(BUILD_READY)
	@$(REQUIRE) preview-app node
	@echo 'Setting up the preview ...' >&2
	@$(SLOW) 'preview: installing packages' npm --prefix preview ci --silent --no-audit --no-fund
	@$(SLOW) 'preview: building the page' npm --prefix preview run --silent build -- --logLevel warn
	@touch $@

# The models of custom resources, for test-deploy.
$(MODELS_READY): $(MODELS)/package.json $(MODELS)/package-lock.json | $(BUILD_READY)
	@$(REQUIRE) test-deploy node
	@$(SLOW) '$(MODELS): installing packages' npm --prefix $(MODELS) ci --silent --no-audit --no-fund
	@touch $@

# The Workers' library: checked, tested and built again when its sources or the contract change.
WORKER_SOURCES := $(shell find worker -type d '(' -name node_modules -o -name built ')' -prune -o -type f -print) \
  out/contract/contract.gen.ts

$(WORKER_PACKAGES): worker/package.json worker/package-lock.json | $(BUILD_READY)
	@$(REQUIRE) worker node
	@echo 'Setting up the packages of worker/ ...' >&2
	@$(SLOW) 'worker: installing packages' npm --prefix worker ci --silent --no-audit --no-fund
	@touch $@

$(WORKER_READY): $(WORKER_PACKAGES) $(WORKER_SOURCES) | $(DEV_READY)
	@$(if $(GO),$(RUN) generator.external prometheus >/dev/null)
	@cd worker && npm run --silent check && npm test --silent && npm run --silent build
	@touch $@
