# Sourced from the repository's root: installs the official SDKs once, as pinned in tests/acceptance. Sets `venv`, the Python
# environment, and `modules`, the folder whose node_modules has the JavaScript one; both absolute.
venv=${TUTTI_TEST_VENV:-target/test-tools/azure-python} modules=target/test-tools/azure-js
[ -x "$venv/bin/pytest" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install -q -r tests/acceptance/azure_python/requirements.txt; } || exit 1
mkdir -p "$modules"
cp tests/acceptance/azure_js/package*.json "$modules/"
[ -d "$modules/node_modules/@azure/search-documents" ] || (cd "$modules" && npm ci --silent --no-audit --no-fund) || exit 1
venv=$(cd "$venv" && pwd) modules=$(cd "$modules" && pwd)
