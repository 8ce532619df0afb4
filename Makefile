# One command runs all checks: make check
PYTHON ?= .venv/bin/python

.PHONY: check format lint types test bench

check: format lint types test

format:
	$(PYTHON) -m ruff format --check .

lint:
	$(PYTHON) -m ruff check .

types:
	$(PYTHON) -m mypy

test:
	$(PYTHON) -m pytest -q -n 2

bench:
	$(PYTHON) -m benchmarks.kernels
