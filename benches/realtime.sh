#!/usr/bin/env bash
# Rooms and sockets beside Node's official Socket.IO server, one after the other, the server on core 0 and the load on core 1.
# usage: benches/realtime.sh [SECS] [RUN...]      SECS a scenario (8; some twelve minutes in all), RUN only these, such as fanout idle-5000.
# Needs taskset, Node 20 and redis-server. TUTTI and LOAD choose the programs, else both are built. The lines go to
# target/realtime/results (or RESULTS), the table to standard output.
set -u
cd "$(dirname "$0")/.." || exit 1
secs=${1:-8}; [ $# -gt 0 ] && shift
only=" $* "
ulimit -n "$(ulimit -Hn)"
. benches/realtime/processes.sh
results=${RESULTS:-target/realtime/results}
mkdir -p "$(dirname "$results")" && : >"$results"
echo "load $(cut -d' ' -f1 /proc/loadavg), $(nproc) cores, commit $(git rev-parse --short HEAD 2>/dev/null), node $(node --version), $secs s a scenario" >&2

# A run against one server of a peer, or two and a Redis.
run() { # peer, name of the run, alone | pair, scenario and its options...
  local peer=$1 name=$2 how=$3; shift 3
  [ "$only" = "  " ] || [[ $only == *" $name "* ]] || return 0
  if [ "$how" = pair ]; then start_redis; start "$peer" first; start "$peer" second; else start "$peer" first; fi
  local line; line=$(taskset -c 1 timeout 400 "$load" "$@" --secs "$secs" --url "$(joined "${urls[@]}")" --pids "$(joined "${pids[@]}")" 2>>"$work/load.log" | grep '^scenario=')
  [ -n "$line" ] || { echo "$peer $name failed:"; tail -n 3 "$work"/*.log; } >&2
  echo "$peer $name | $line" | tee -a "$results" >&2
  stop
}

big="--rooms 1 --members 100" small="--rooms 1000 --members 10"
for peer in ${PEERS:-node tutti}; do
  run $peer fanout alone fanout $big --window 16
  run $peer rate-big alone rate $big --hz 100
  run $peer rate-small alone rate $small --hz 3000
  for conns in 5000 10000; do run $peer idle-$conns alone idle --conns $conns; done
  run $peer handshake alone handshake --conns 6000 --parallel 32
  run $peer redis-fanout pair fanout $big --window 16
  run $peer redis-rate pair rate $small --hz 1000
done
run tutti rooms-fanout alone rooms-fanout $big --window 16
run tutti rooms-rate-big alone rooms-rate $big --hz 100
run tutti rooms-rate-small alone rooms-rate $small --hz 3000
for conns in 5000 10000; do run tutti idle-rooms-$conns alone idle --conns $conns --dialect rooms; done
run tutti handshake-rooms alone handshake --conns 6000 --parallel 32 --dialect rooms
run tutti durable-1 alone durable --rooms 1 --members 1 --writers 1 --window 1
run tutti durable-100 alone durable --rooms 10 --members 10 --writers 10 --window 1
run tutti durable-1000 alone durable --rooms 100 --members 10 --writers 10 --window 1
run tutti redis-rooms-fanout pair rooms-fanout $big --window 16
run tutti redis-rooms-rate pair rooms-rate $small --hz 1000
python3 benches/realtime/plots/table.py "$results"
