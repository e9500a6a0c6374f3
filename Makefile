# Two commands are enough: `make run` to try it, `make test` to check it. `make help` lists all.
PYTHON ?= python3
PORT ?= 8000
MUTANTS ?= 2000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# What a second database would tell nothing new of:
#  - the domain, which imports no Django and no driver (import-linter sees to it), the processes that read uploads, which have no
#    database, and how a start ends before there is one;
#  - who may do what: of each form and person the same rows are read, and judged in Python. That every address answers there too,
#    and that every deed is done there by one who may, test_permissions.py says;
#  - how many statements the pages of test_queries.py take: no page asks which database it has, so Django writes as many for both;
#  - how pages look and are worked with in a window. What is saved in the browser, its other tests say.
ONE_DATABASE := $(addprefix targets/tests/, domain sheets test_nursery.py test_addresses.py test_deeds.py test_separation.py \
	test_queries.py) \
	$(addprefix targets/tests/browser/test_, pages.py desk.py grid.py assessment.py stale.py suggest.py) \
	$(addprefix config/tests/test_, start.py make_run.py)

# Lint needs settings, not a deployment: any key will do. `deploy` is what a server would be given.
LINT_ENV := SECRET_KEY=only-for-lint DATABASE_URL=sqlite:///:memory: DEBUG=off DEMO=off STATIC_COLLECTED=off
DEPLOY_ENV := SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))") \
	DATABASE_URL=sqlite:///:memory: DEBUG=off DEMO=off HTTPS=on ALLOWED_HOSTS=performance.example.gov.cn

.DEFAULT_GOAL := help
.PHONY: help setup run lint test test-sqlite test-postgres fuzz format lock

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

setup: $(STAMP) ## make .venv (PYTHON= chooses the interpreter, 3.11 or newer)

$(STAMP): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "需要 Python 3.11 或更高版本（$(PYTHON) 不是）。请安装后重试，或执行 make setup PYTHON=python3.11。" >&2; \
	  echo "Python 3.11 or newer is needed, and $(PYTHON) is not. Name one: make setup PYTHON=python3.11" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
	  echo "$(PYTHON) 不能创建虚拟环境，请先安装 venv（Debian/Ubuntu：apt-get install python3-venv）。" >&2; \
	  echo "$(PYTHON) cannot make a virtual environment (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: setup ## start the demo on 127.0.0.1:8000 (PORT= to change; DATABASE_URL= for PostgreSQL)
	@PORT=$(PORT) exec $(BIN)/python -m config.demo

lint: setup ## style, types, layers, migrations, Django's own checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(LINT_ENV) $(BIN)/mypy
	$(BIN)/lint-imports
	$(LINT_ENV) $(BIN)/python manage.py makemigrations --check --dry-run
	$(LINT_ENV) $(BIN)/python manage.py check --fail-level WARNING
	@echo "manage.py check --deploy"; $(DEPLOY_ENV) $(BIN)/python manage.py check --deploy --fail-level WARNING

test: lint test-sqlite test-postgres ## lint, the whole suite on SQLite, then on PostgreSQL what has to do with a database

test-sqlite: setup
	@.ci/browser
	@echo "== suite on SQLite"
	@DATABASE_URL= $(BIN)/python -m pytest -n 2

test-postgres: setup
	@.ci/browser
	@echo "== suite on PostgreSQL"
	@.ci/postgres $(BIN)/python -m pytest -n 2 $(ONE_DATABASE:%=--ignore=%)

fuzz: setup ## read and import files changed at random (MUTANTS= how many; a failure names its number)
	@DATABASE_URL= $(BIN)/python -m pytest -n 2 -q targets/tests/test_fuzz.py --mutants $(MUTANTS) --imported $(MUTANTS)

format: setup ## bring the style in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## write requirements*.txt from requirements*.in
	$(BIN)/uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" -o requirements.txt requirements.in
	$(BIN)/uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" -o requirements-dev.txt requirements-dev.in
