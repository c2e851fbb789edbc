#!/usr/bin/env bash
# The official, unmodified Azure AI Search SDKs for Python and JavaScript against a server on a free port.
# usage: tests/azure.sh [PYTEST ARGUMENTS]      TUTTI=path chooses the program. Ends with "N passed, M failed".
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/processes.sh
. tests/sdks.sh
export TUTTI_QUERY_KEY=query-of-the-tests
serve azure
export TUTTI_URL=$url
cp -r tests/acceptance/azure_python tests/acceptance/azure_js "$work/"
(cd "$work/azure_python" && "$venv/bin/python" -m pytest -p no:cacheprovider "$@") >"$work/azure.pytest" 2>&1 || failed=1
cat "$work/azure.pytest"
ln -s "$modules/node_modules" "$work/azure_js/node_modules"
node_tests azure_js test.mjs
report
