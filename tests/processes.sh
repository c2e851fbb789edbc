# Sourced from the repository's root by the scripts of suites: the processes of one, all on free ports of loopback and
# all ended with the script. Sets `work`, a folder of its own, and `tutti`, the program (TUTTI, or the debug build).
tutti=$(realpath "${TUTTI:-target/debug/tutti}") work=$(mktemp -d) pids=() failed=0
trap 'kill "${pids[@]}" 2>/dev/null; wait "${pids[@]}" 2>/dev/null; rm -rf "$work"' EXIT
export TUTTI_ADMIN_KEY=admin-of-the-tests TUTTI_LOG=${TUTTI_LOG:-error}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Starts a server and sets `url`. Its data and what it says are $work/NAME and $work/NAME.log.
serve() { # name, VARIABLE=value...
  local name=$1; shift
  env "$@" "$tutti" serve --data "$work/$name" --listen 127.0.0.1:0 >"$work/$name.said" 2>"$work/$name.log" &
  pids+=($!)
  for _ in $(seq 200); do grep -q listening "$work/$name.said" && break; sleep 0.1; done
  url=$(grep -oE 'http://127.0.0.1:[0-9]+' "$work/$name.said") || { cat "$work/$name.log"; echo "the server $name did not start"; exit 1; }
}

# Starts a Redis that keeps nothing and sets `redis_url`.
serve_redis() {
  local port; port=$(free_port)
  redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" >"$work/redis.said" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do grep -q 'Ready to accept' "$work/redis.said" && break; sleep 0.1; done
  grep -q 'Ready to accept' "$work/redis.said" || { cat "$work/redis.said"; echo 'redis-server did not start'; exit 1; }
  redis_url=redis://127.0.0.1:$port
}

# Copies a suite of tests/acceptance to $work and gives it its packages, installed once under target/test-tools.
suite() { # name
  local modules=target/test-tools/$1
  mkdir -p "$modules"
  cmp -s "tests/acceptance/$1/package-lock.json" "$modules/package-lock.json" || rm -rf "$modules/node_modules"
  cp "tests/acceptance/$1"/package*.json "$modules/"
  [ -d "$modules/node_modules" ] || (cd "$modules" && npm ci --silent --no-audit --no-fund) || exit 1
  [ -d "$work/$1" ] && return
  cp -r "tests/acceptance/$1" "$work/$1"
  ln -s "$PWD/$modules/node_modules" "$work/$1/node_modules"
}

# Runs files of a suite, one after the other, and adds to $work/all.tap. Prints one line a check and what a failed one said.
node_tests() { # suite, file...
  local name=$1; shift
  printf -- '-- %s: %s\n' "$name" "$*"
  (cd "$work/$name" && node --test --test-concurrency=1 --test-reporter=tap "$@" >"$work/now.tap") || failed=1
  cat "$work/now.tap" >>"$work/all.tap"
  grep -vE '^ +(duration_ms|\.\.\.|---|type:)|^ *# Subtest|^TAP version' "$work/now.tap"
}

# What the servers logged, then the sum of all counts, in the words of tests/run.
report() {
  cat "$work"/*.log 2>/dev/null
  counted() { grep -ahoE "$1" "$work"/all.tap "$work"/*.pytest 2>/dev/null | grep -oE '[0-9]+' | paste -sd+ | bc; }
  local p f; p=$(counted '^# pass [0-9]+|[0-9]+ passed') f=$(counted '^# (fail|cancelled) [0-9]+|[0-9]+ (failed|errors?)')
  printf '%s passed, %s failed\n' "${p:-0}" "${f:-0}"
  exit "$failed"
}
