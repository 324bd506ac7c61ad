# Each target is one command; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EXPORTER := monitoring/exporters/dataflux-exporter

.DEFAULT_GOAL := help
.PHONY: help dashboards check alerts plan publish drift demo test test-prometheus3 e2e e2e-faults e2e-alerts e2e-data lint
.PHONY: e2e-deploy checklist schemas bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dashboards: $(READY) ## Compile dashboards and alerts into monitoring/, and check them
	@$(BIN)/python build.py compile --check

check: $(READY) ## Check what is defined and that monitoring/ is fresh; writes nothing
	@$(BIN)/python build.py check

alerts: $(READY) ## List the alerts: when each fires, who is told, where to look (ALERTS="--explain NAME --at 7%")
	@$(BIN)/python build.py alerts $(ALERTS)

plan: $(READY) ## Show what publishing would change in Grafana (GRAFANA_URL=… GRAFANA_TOKEN=…, or grafanas.toml)
	@$(BIN)/python build.py plan $(PUBLISH)

publish: $(READY) ## Publish monitoring/ to Grafana, planned, locked, backed up and read back (PUBLISH="--target prod")
	@$(BIN)/python build.py publish $(PUBLISH)

drift: $(READY) ## Show what people changed in Grafana since it was published
	@$(BIN)/python build.py drift $(PUBLISH)

demo: $(READY)-demo ## Play DataFlux here, watched by a real Prometheus (INCIDENT=name, GRAFANA_URL=…)
	@$(BIN)/python build.py demo $(INCIDENT:%=--incident %) $(DEMO)

# One more than there are cores: many tests wait for a program.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 1) + 1)

test: $(READY)-test ## Run the tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not thorough" --ignore tests/alerts --ignore tests/publish/faults

# A name or a path: PROMTOOL=/opt/prometheus-3/promtool
PROMTOOL ?= promtool

test-prometheus3: $(READY)-test ## Tell the stories of the alerts to a promtool of version 3 (PROMTOOL=…)
	@$(PROMTOOL) --version 2>&1 | grep -q "version 3" || \
	  { echo "$(PROMTOOL) is no promtool of version 3: put one on the PATH, or say make $@ PROMTOOL=…" >&2; exit 1; }
	@PROMTOOL=$$(command -v $(PROMTOOL)) CI=true $(BIN)/python -m pytest tests/stories tests/alerts

e2e: $(READY)-test ## Prove publishing on a real Grafana: GRAFANA_URL=… GRAFANA_USER=… GRAFANA_PASSWORD=… (none: the double)
	@$(BIN)/python -m pytest --durations 5 tests/e2e/grafana

e2e-faults: $(READY)-test ## Play random faults, edits and releases over publishing (FAULTS=10000 plays so many)
	@FAULTS=$${FAULTS:-200} $(BIN)/python -m pytest -n auto tests/publish/faults

e2e-alerts: $(READY)-test ## Prove with a real Prometheus and Alertmanager who is told of what, twenty times as fast
	@$(BIN)/python -m pytest -n auto --dist worksteal tests/alerts tests/stories/test_law.py tests/stories/test_long_rules.py
	@$(BIN)/python -m pytest -n 0 --durations 3 tests/e2e/alerts

e2e-data: $(READY)-test ## Prove with the real programs that every panel has data
	@env -u GRAFANA_URL $(BIN)/python -m pytest -n 3 --durations 15 --ignore tests/e2e/alerts \
	  --ignore tests/e2e/compose --ignore tests/e2e/k8s --ignore tests/e2e/logs tests/e2e

e2e-deploy: $(READY)-test ## Check what is deployed by the real tools: Compose, Kustomize, Logstash's grammar, …
	@$(BIN)/python -m pytest -n auto --durations 5 tests/e2e/compose tests/e2e/k8s tests/e2e/logs

checklist: $(READY)-test ## Prove the boxes of docs/checklist.md by the commands that they name (ONLY="6 health")
	@$(BIN)/python -m checklist $(ONLY:%=--only %)

lint: $(READY)-lint ## Types and style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && \
	  MYPYPATH=$(EXPORTER) $(BIN)/mypy $(EXPORTER)/dataflux_exporter && \
	  MYPYPATH=examples/python-service $(BIN)/mypy examples/python-service/ingestion

schemas: $(READY) ## Make schemas/ anew from what others publish (needs Node, npm and Go)
	@cd schemas/make && npm ci --silent && node generate.mjs
	@$(BIN)/python schemas/make/crds.py

bench: $(READY)-test ## Measure: compiling, publishing, a scrape of 10,000 series, the demo's past
	@$(BIN)/python -m bench && $(BIN)/python -m bench.publish && $(BIN)/python -m bench.exporter && $(BIN)/python -m bench.past

clean: ## Remove environment and caches
	@rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache

# 3.11's own pip does not know dependency groups, so pip comes first.
define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.12 …" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV) (once) …"; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade -c constraints.txt pip
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt --group $(1)
	@touch $@
endef

$(READY): pyproject.toml constraints.txt
	$(call environment,run)

$(READY)-demo: pyproject.toml constraints.txt
	$(call environment,demo)

$(READY)-test: pyproject.toml constraints.txt
	$(call environment,test)

$(READY)-lint: pyproject.toml constraints.txt
	$(call environment,lint)
