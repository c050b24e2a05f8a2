# Everything runs in .venv, made on first use; PYTHON names the interpreter to make it from.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
CORE := pyproject.toml constraints.txt setup.py

.PHONY: story test test-engines check format bench clean

## story: render the example drama into out/ (installs first; no key, no GPU)
story: $(VENV)/.local
	$(BIN)/soundwright render examples/lighthouse.yaml -o out/lighthouse.flac --srt

## test: core and local engines, some 18 minutes on two quiet cores, beside installing
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup

## test-engines: what needs torch and other heavy extras, and long fuzzing; at most 45 minutes
test-engines: $(VENV)/.engines
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m engines

## check: format, lint, types, layers
check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

## format: put the sources into their form
format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## bench: figures of speed (CPU seconds, ratios in one run)
bench: $(VENV)/.dev
	$(BIN)/python bench/speed.py
	$(BIN)/python bench/mix.py --sizes S M

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Soundwright needs Python 3.11 or newer, not " + sys.version.split()[0] + "; set PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.local: $(VENV)/bin/python $(CORE)
	$(PIP) -e '.[local]'
	touch $@

$(VENV)/.dev: $(VENV)/bin/python $(CORE)
	$(PIP) -e '.[local,dev,llm]'
	touch $@

$(VENV)/.engines: $(VENV)/.dev
	$(PIP) -e '.[local,dev,llm,langchain,gguf,transcribe,moonshine,diffusion,space,formats,provenance,separation,watermark]' 'torch==2.13.0' librosa webrtcvad-wheels
	$(PIP) --no-deps resemblyzer  # its own pins are too old
	$(PIP) --no-deps mpsenet  # a reference
	$(PIP) --no-deps audiocraft einops  # the reference of a converter; its pins do not install here
	touch $@

clean:
	rm -rf $(VENV) build dist out
