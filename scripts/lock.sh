#!/bin/sh
# Rewrites uv.lock and the hashed requirements exported from it. Ignores this machine's mirrors, caches of
# wheels and settings, so that a lock names nothing but the public index and reads the same everywhere.
set -eu
cd "$(dirname "$0")/.."

command -v uv >/dev/null 2>&1 || {
    echo "更新依赖锁需要 uv（pip install uv，或见 https://docs.astral.sh/uv/）。" >&2
    exit 1
}

clean_uv() {
    env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u UV_INDEX -u UV_INDEX_URL \
        -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS -u UV_CONSTRAINT -u UV_OVERRIDE \
        UV_NO_CONFIG=1 UV_DEFAULT_INDEX=https://pypi.org/simple uv "$@"
}

export_lock() { # what it is for, then the file, then what goes into it
    title=$1 file=$2
    shift 2
    {
        echo "# $title Written by 'make lock' from uv.lock; do not edit."
        clean_uv export --frozen --no-header --no-annotate --no-emit-project --format requirements.txt "$@"
    } >"$file"
}

clean_uv lock --quiet "$@"
export_lock "What an office installs: the product with every extra." requirements.lock --no-dev --extra pg --extra pdf --extra sso
export_lock "Everything: the product, its tests and its checks." requirements-dev.lock --all-groups --extra pg --extra pdf --extra sso
