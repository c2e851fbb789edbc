# Sourced from the repository's root by benches/realtime.sh and party.sh: builds the programs (unless TUTTI and LOAD name them), starts
# servers pinned to core 0, ends them. Sets `load`, the load tool, and `work`, a folder of its own; `start` adds to `urls` and `pids`.
tutti=${TUTTI:-} load=${LOAD:-} work=$(mktemp -d) urls=() pids=() redis_url=
trap 'stop; rm -rf "$work"' EXIT
if [ -z "$tutti" ]; then
  cargo build -q --release -p tutti-server || exit 1
  tutti=$(cargo metadata --no-deps --format-version 1 | grep -oE '"target_directory":"[^"]+' | cut -d'"' -f4)/release/tutti
fi
[ -n "$load" ] || load=$(cargo bench -q -p benches --bench realtime --no-run --message-format json | grep -oE '"executable":"[^"]+/realtime-[^"]+' | cut -d'"' -f4) || exit 1

joined() { local IFS=,; echo "$*"; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# The Node peer, installed once.
node_peer() {
  local to=target/realtime/node
  mkdir -p $to
  cmp -s benches/realtime/node/package-lock.json $to/package-lock.json || rm -rf $to/node_modules
  cp benches/realtime/node/* $to/
  [ -d $to/node_modules ] || (cd $to && npm ci --silent --no-audit --no-fund)
}

start() { # node | tutti, name
  local said=$work/$2.said
  rm -f "$said"
  if [ "$1" = node ]; then
    node_peer || exit 1
    taskset -c 0 node target/realtime/node/server.js --port 0 ${redis_url:+--redis "$redis_url"} >"$said" 2>"$work/$2.log" &
  else
    env TUTTI_CONFORMANCE=bench TUTTI_LOG="${TUTTI_LOG:-error}" TUTTI_ADMIN_KEY=key-of-the-benchmark ${redis_url:+"TUTTI_REDIS_URL=$redis_url"} \
      taskset -c 0 "$tutti" serve --data "$work/$2" --listen 127.0.0.1:0 >"$said" 2>"$work/$2.log" &
  fi
  pids+=($!)
  for _ in $(seq 200); do grep -qs listening "$said" && break; sleep 0.1; done
  urls+=("$(grep -soE '127.0.0.1:[0-9]+' "$said")") || { cat "$work/$2.log"; echo "$1 did not start"; exit 1; }
}

start_redis() {
  local port; port=$(free_port)
  rm -f "$work/redis.said"
  taskset -c 0 redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" >"$work/redis.said" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do grep -qs 'Ready to accept' "$work/redis.said" && break; sleep 0.1; done
  redis_url=redis://127.0.0.1:$port
}

stop() {
  [ ${#pids[@]} -eq 0 ] || { kill "${pids[@]}" 2>/dev/null; wait "${pids[@]}" 2>/dev/null; }
  urls=() pids=() redis_url=
  rm -rf "$work/first" "$work/second"
}
