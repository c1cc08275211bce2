# make demo   start Kerma with an invented hospital, whose data are in .demo
# make test   pass the tests
# make lock   renew the locked requirements after a change of pyproject.toml

VENV ?= .venv
PYTHON ?= python3
STUDIES ?= 400
DEMO_HOME ?= $(CURDIR)/.demo

export VENV PYTHON

.PHONY: demo test lock

demo:
	@tools/install.sh requirements.txt
	@KERMA_HOME=$(DEMO_HOME) $(VENV)/bin/kerma demo --studies $(STUDIES) --serve

test:
	@tools/test.sh

lock:
	@tools/lock.sh
