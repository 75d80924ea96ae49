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

.PHONY: setup demo demo-nl test bench proof proof-defects check lock clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "webcare needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@printf '%s\n' "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/webcare.pth"
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m bot.cli "$$@"\n' > $(BIN)/webcare && chmod +x $(BIN)/webcare
	@touch $@

demo: setup
	@$(BIN)/webcare demo --port $(PORT) --dir $(DIR) $(SPOKEN) $(ARGS)

demo-nl: SPOKEN := --language nl
demo-nl: demo

test: setup
	@$(BIN)/python -m pytest $(ARGS)

# OUT=FILE writes the figures as JSON too; docs/benchmarks.md tells what they mean.
bench: setup
	@$(BIN)/python -m tests.bench $(if $(OUT),--out $(OUT))

proof: setup
	@$(BIN)/python -m tests.proof --kills $(KILLS) --faults $(FAULTS) --seed $(SEED) --database $(DATABASE) --processes $(PROCESSES) $(ARGS)

proof-defects: setup
	@PROOF_DEFECTS=1 $(BIN)/python -m pytest tests/proof/test_proof.py -k defect $(ARGS)

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lock:
	@UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .demo build *.egg-info
