# One verb per job. `make demo` and `make test` set up all they need; nothing else has to be typed.
VENV ?= .venv
BIN := $(VENV)/bin
SECONDS ?=
HEADLESS ?=
ARGS ?=
OUT ?= out/bench

.PHONY: demo test test-peers kit lint fmt bench bench-engine bench-live bench-policies bench-sustained bench-overload
.PHONY: bench-faults bench-feed bench-desk
.PHONY: bench-long bench-intake bench-facts bench-codec bench-gpu clean

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

# Every figure of the README on this machine, with its comparison, in at most 15 minutes; tables and pictures in $(OUT).
# A missed floor does not keep the rest from being measured; it makes the end fail.
bench: $(VENV)/.dev
	@missed=; for part in engine live policies sustained overload faults codec feed; do \
	  $(MAKE) --no-print-directory bench-$$part || missed="$$missed $$part"; done; \
	  [ -z "$$missed" ] || { echo "floors missed in:$$missed"; exit 1; }

bench-engine: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_engine --out $(OUT) $(ARGS)

bench-live: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_live --out $(OUT) $(ARGS)

bench-policies: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_policies --out $(OUT) $(ARGS)

bench-sustained: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_intake --sustained 300 --out $(OUT) $(ARGS)

bench-overload: $(VENV)/.dev
	$(BIN)/python -m bot loadtest overload --seconds 45 --rooms 12 --workers 1 --batch 2 \
	  --limit "open_p95<=30" --limit "recovered<=10" --out $(OUT)/overload

bench-faults: $(VENV)/.dev
	$(BIN)/python -m bot loadtest faults --seconds 60 --limit "recovered<=10" --out $(OUT)/faults

# The long ones: how much at most, ten million comments, facts beside a busy worker, all scenarios.
bench-long: bench-intake bench-facts
	$(BIN)/python -m tests.bench.bench_intake --most 10000000 --out $(OUT)
	$(BIN)/python -m bot loadtest all --out $(OUT)

bench-intake: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_intake --out $(OUT) $(ARGS)

bench-facts: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_facts --out $(OUT) $(ARGS)

# What the conformance kit says of every adapter.
kit: $(VENV)/.dev
	$(BIN)/python -m tests.kit.shipped

# Real OBS and the platforms' own clients against our adapters and fakes: installs what it needs into temporary folders.
test-peers: $(VENV)/.dev
	ZHUBO_PEERS=1 $(BIN)/python -m pytest -rs --timeout 900 $(wildcard tests/adapters/peer_*.py) \
	  tests/adapters/test_examples.py $(ARGS)

bench-codec: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_codec --out $(OUT) $(ARGS)

bench-feed: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_feed --out $(OUT) $(ARGS)

# The desk: STOP in 100,000 orders of events, two moderators on 10,000 answers, the page in Chromium for five minutes.
bench-desk: $(VENV)/.dev bench-feed
	ZHUBO_INTERLEAVINGS=100000 $(BIN)/python -m pytest -q tests/live/test_stop.py
	ZHUBO_RACE=10000 $(BIN)/python -m pytest -q tests/e2e/test_race.py
	$(BIN)/python -m tests.bench.bench_page --out $(OUT) $(ARGS)

bench-gpu: $(VENV)/.dev
	$(BIN)/python -m tests.bench.bench_engine --device cuda --random qwen3-0.6b,qwen3-8b --prompts 128 --out $(OUT) $(ARGS)

clean:
	rm -rf $(VENV) .zhubo out .mypy_cache .ruff_cache .hypothesis

# The environment: made once, and again when pyproject.toml changes.
$(VENV)/.core: pyproject.toml deploy/bootstrap.sh
	sh deploy/bootstrap.sh $(VENV) .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	sh deploy/bootstrap.sh $(VENV) ".[dev]"
	@touch $@
