# The two commands a newcomer needs are `make demo` and `make test`; `make help` lists the others.

PYTHON ?=
USE_UV ?= 1
DEMO_SERVE ?= 1
TEST_WORKERS ?= 2
TEST_ARGUMENTS ?=

BIN := .venv/bin
INSTALLED := .venv/.installed-from-lock
PYTEST := $(BIN)/python -m pytest

export PYTHON USE_UV

.DEFAULT_GOAL := help
.PHONY: help install demo test check format lint types doors drift docs bench golden lock clean

help: ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(INSTALLED) ## 把锁定版本的依赖装进 .venv（只装一次，锁文件变了才重装）

$(INSTALLED): requirements-dev.lock pyproject.toml scripts/install.sh
	@sh scripts/install.sh
	@touch $@

demo: $(INSTALLED) ## 建一个演示单位并打开网页；DEMO_SERVE=0 则建好即止，DEMO_PORT=8001 换一个端口
	@$(BIN)/dingban demo $(if $(filter 0,$(DEMO_SERVE)),--no-serve) $(if $(DEMO_PORT),--port $(DEMO_PORT))

test: $(INSTALLED) ## 运行全部测试；TEST_ARGUMENTS='-k 名称' 可挑选
	@$(PYTEST) -n $(TEST_WORKERS) --dist worksteal $(TEST_ARGUMENTS)

check: format lint types doors drift docs ## 格式、静态检查、类型、包的依赖方向、数据库迁移、文档

format: $(INSTALLED)
	@echo "== 格式" && $(BIN)/ruff format --check .

lint: $(INSTALLED)
	@echo "== 静态检查" && $(BIN)/ruff check .

types: $(INSTALLED)
	@echo "== 类型" && $(BIN)/mypy --strict

doors: $(INSTALLED)
	@echo "== 包的依赖方向" && $(BIN)/lint-imports

drift: $(INSTALLED)
	@echo "== 数据库迁移与模型一致" && $(BIN)/python -m runtime.migrations check

docs: $(INSTALLED)
	@echo "== 文档" && $(PYTEST) -q tests/unit/house

bench: $(INSTALLED) ## 运行性能对比，打印同一次运行中的比值表
	@$(BIN)/python -m benchmarks

golden: $(INSTALLED) ## 重写 tests/golden 下的样张（改动要像代码一样审阅）
	@$(PYTEST) -m golden --record-golden

lock: ## 更新 uv.lock 和两份带校验和的依赖清单（需要 uv）
	@sh scripts/lock.sh

clean: ## 删除虚拟环境、缓存和构建产物（不动 var/ 里的数据）
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist *.egg-info
	find . -type d -name __pycache__ -prune -exec rm -rf {} +
