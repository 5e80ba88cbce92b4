# make build   the main job: the bundled data becomes output/
# make test    all tests, of the installed wheel, with the browser they need
# make lint    every linter; make bench: the benchmarks; make pictures: those in docs/pictures
# make fuzz    dirty tables by the thousand for ten minutes; make lock: newer versions of what we use

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell git ls-files src web data queries hatch_build.py pyproject.toml README.md)
APT := $(shell command -v apt-get)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)
# What tests use of Debian, each after the command that tells whether it is there.
PROGRAMS := chromium=chromium fc-list=fontconfig firefox-esr=firefox-esr \
  java=openjdk-17-jre-headless virtuoso-t=virtuoso-opensource-7-bin

.PHONY: build test lint bench fuzz pictures lock programs clean

build: $(VENV)/installed
	$(BIN)/clustergraph build data -o output

test: $(VENV)/dev programs
	$(BIN)/python -m pytest -n 2 --dist worksteal
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm test --silent

lint: $(VENV)/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check

bench: $(VENV)/dev
	$(BIN)/python benchmarks/build.py

fuzz: $(VENV)/dev
	$(BIN)/python benchmarks/fuzz.py --minutes 10

# Pillow is wanted for these pictures only, so it stands beside what we use.
pictures: $(VENV)/dev programs
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade --target $(VENV)/pillow pillow
	PYTHONPATH=$(VENV)/pillow $(BIN)/python benchmarks/pictures.py

lock: $(VENV)/dev
	$(BIN)/pip freeze --exclude clustergraph > constraints.txt

$(VENV)/installed: $(SOURCES) constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt .
	touch $@

$(VENV)/dev: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund
	touch $@

# The page is tested in real browsers, publishing with real stores, Spark with Java: Debian's where
# we may install them. Elsewhere Playwright brings its browser, and the other tests tell what they miss.
programs: $(VENV)/dev
	@wanted=""; \
	for program in $(PROGRAMS); do \
	  command -v "$${program%%=*}" >/dev/null || wanted="$$wanted $${program#*=}"; \
	done; \
	fc-list :lang=zh 2>/dev/null | grep -q . || wanted="$$wanted fonts-noto-cjk"; \
	if [ -z "$$wanted" ]; then :; \
	elif [ -n "$(APT)" ] && $(SUDO) true 2>/dev/null; then \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$wanted >/dev/null; \
	elif ! command -v chromium >/dev/null; then $(BIN)/playwright install chromium; fi

clean:
	rm -rf $(VENV) build dist web/node_modules src/clustergraph/page src/clustergraph/example
