#!/usr/bin/env bash
# Finds a Python that is new enough and hands over to the module of tools/ named first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for python in python3 python3.11 python3.12 python3.13 python3.14; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" -m "tools.$1" "${@:2}"
    fi
done

found=$(python3 --version 2>&1) || found="ingen Python alls"
cat >&2 <<TEXT
Röda tråden behöver Python 3.11 eller nyare. Här finns: $found.
Installera en nyare Python och kör samma kommando igen. På Debian och Ubuntu: sudo apt install python3 python3-venv
TEXT
exit 1
