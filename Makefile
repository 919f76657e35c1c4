# One verb per job. `make demo` and `make test` set up all they need; nothing else has to be typed.
VENV ?= .venv
BIN := $(VENV)/bin
SECONDS ?=
HEADLESS ?=
ARGS ?=

.PHONY: demo test lint fmt bench bench-policies bench-intake bench-facts bench-writer clean

demo: $(VENV)/.core
	$(BIN)/python -m bot demo $(if $(SECONDS),--seconds $(SECONDS)) $(if $(filter-out 0,$(HEADLESS)),--headless) $(ARGS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

fmt: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: bench-policies bench-intake bench-facts bench-writer

bench-policies: $(VENV)/.dev
	$(BIN)/python tests/bench/bench_policies.py $(ARGS)

bench-intake: $(VENV)/.dev
	$(BIN)/python tests/bench/bench_intake.py $(ARGS)

bench-facts: $(VENV)/.dev
	$(BIN)/python tests/bench/bench_facts.py $(ARGS)

bench-writer: $(VENV)/.dev
	$(BIN)/python tests/bench/bench_writer.py $(ARGS)

clean:
	rm -rf $(VENV) .zhubo out .mypy_cache .ruff_cache .hypothesis

# The environment: made once, and again when pyproject.toml changes.
$(VENV)/.core: pyproject.toml deploy/bootstrap.sh
	sh deploy/bootstrap.sh $(VENV) .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	sh deploy/bootstrap.sh $(VENV) ".[dev]"
	@touch $@
