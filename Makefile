# Everything sets up what it needs: python3 (3.11 or newer) and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8700
DIR ?= .demo
ARGS ?=
# How much the proof kills and breaks, and what it repeats.
KILLS ?= 200
FAULTS ?= 200
SEED ?= 7
DATABASE ?= sqlite
PROCESSES ?= 1

.PHONY: setup dev demo demo-nl test bench proof proof-defects check lock clean

.NOTPARALLEL:

# What running needs, and nothing else.
setup: $(VENV)/.ready $(BIN)/webcare
# What testing and changing it needs too; the other targets ask for it themselves.
dev: $(VENV)/.ready-dev $(BIN)/webcare

$(VENV)/.ready: requirements.lock
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock requirements.lock
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.ready $@

# The program runs where it stands, also after its folder was moved; -P: and not what bears the same names in the folder
# that it is started from.
$(BIN)/webcare: $(VENV)/.ready Makefile
	@printf '%s\n' '#!/bin/sh' 'here=$$(cd "$$(dirname "$$(readlink -f "$$0")")/../.." && pwd)' \
		'PYTHONPATH="$$here$${PYTHONPATH:+:$$PYTHONPATH}" exec "$$here/$(BIN)/python" -P -m bot.cli "$$@"' > $@
	@chmod +x $@

# A venv that could not be finished is no venv.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "webcare needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". If you have a newer one: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python could not set up $(VENV). On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@echo "Installing $(1) into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@printf '%s\n' "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/webcare.pth"
endef

demo: setup
	@$(BIN)/webcare demo --port $(PORT) --dir $(DIR) $(SPOKEN) $(ARGS)

demo-nl: SPOKEN := --language nl
demo-nl: demo

# Files side by side: most tests wait more than they calculate. The order is that of the folders, the long ones first.
test: dev
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

# OUT=FILE writes the figures as JSON too; docs/benchmarks.md tells what they mean.
bench: dev
	@$(BIN)/python -m tests.bench $(if $(OUT),--out $(OUT))

proof: dev
	@$(BIN)/python -m tests.proof --kills $(KILLS) --faults $(FAULTS) --seed $(SEED) --database $(DATABASE) --processes $(PROCESSES) $(ARGS)

proof-defects: dev
	@PROOF_DEFECTS=1 $(BIN)/python -m pytest tests/proof/test_proof.py -k defect $(ARGS)

check: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Versions and hashes, for every system; versions that fit stay (UPGRADE=--upgrade takes the newest of all).
COMPILE = UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(UPGRADE) pyproject.toml
lock: dev
	@$(COMPILE) -o requirements.lock
	@$(COMPILE) --extra dev --constraint requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) .demo build *.egg-info
