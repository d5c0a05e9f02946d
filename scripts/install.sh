#!/bin/sh
# Installs the pinned development environment into .venv, and the project itself without network.
# Uses uv where it is on the PATH (USE_UV=0 declines it), else pip, else the pip that ensurepip brings.
# Both honour their own mirror settings (UV_DEFAULT_INDEX, PIP_INDEX_URL); neither may install an unpinned byte.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
lock=requirements-dev.lock

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" && echo "$PYTHON" && return
        fail "指定的 PYTHON=$PYTHON 不存在或低于 3.11。"
    fi
    for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "没有找到 Python 3.11 或更高版本。" \
        "请先安装（Debian/Ubuntu：apt-get install python3），或用 make PYTHON=/路径/python3.11 指明位置。"
}

discard_broken_environment() { # left behind by another Python, or by an interrupted installation
    if [ -d "$venv" ] && ! is_new_enough "$venv/bin/python"; then
        rm -rf "$venv"
    fi
}

install_with_uv() {
    uv venv --quiet --allow-existing --python "$python" "$venv"
    uv pip sync --quiet --python "$venv/bin/python" --require-hashes "$lock"
    uv pip install --quiet --python "$venv/bin/python" --offline --no-deps --no-build-isolation --editable .
}

install_with_pip() { # the arguments are the command that runs pip on the environment
    "$@" install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
    "$@" install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
}

python=$(find_python)
discard_broken_environment
if [ "${USE_UV:-1}" != 0 ] && command -v uv >/dev/null 2>&1; then
    echo "正在用 uv 安装依赖……"
    install_with_uv
elif "$python" -m pip --version >/dev/null 2>&1; then
    echo "正在用 pip 安装依赖……"
    "$python" -m venv --without-pip "$venv"
    install_with_pip "$python" -m pip --python "$venv/bin/python"
elif "$python" -c 'import ensurepip' 2>/dev/null; then
    echo "正在用 pip 安装依赖……"
    "$python" -m venv "$venv"
    install_with_pip "$venv/bin/python" -m pip
else
    fail "这台机器的 Python 不带 pip，无法安装依赖。" \
        "请任选其一后重试：apt-get install python3-pip，或安装 uv。"
fi
echo "依赖已装好。"
