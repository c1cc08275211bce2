# make demo   start Kerma with an invented hospital
# make test   pass the tests
# make lock   renew the locked requirements after a change of pyproject.toml

VENV ?= .venv
PYTHON ?= python3
STUDIES ?= 400

export VENV PYTHON

.PHONY: demo test lock

demo:
	@tools/install.sh requirements.txt
	@$(VENV)/bin/kerma demo --studies $(STUDIES) --serve

test:
	@tools/test.sh

lock:
	@tools/lock.sh
