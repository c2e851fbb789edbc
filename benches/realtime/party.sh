#!/usr/bin/env bash
# A long evening: 10,000 guests in 1,000 rooms on one server. Writes the figures of every five seconds and a picture of memory and p99 over time.
# usage: benches/realtime/party.sh [MINUTES] [FOLDER]      60 and target/realtime. ROOMS, MEMBERS and PAUSE (seconds between two deeds of a
# guest) change the party; TUTTI and LOAD choose the programs, else both are built. The server is on core 0, the load on core 1.
set -u
cd "$(dirname "$0")/../.." || exit 1
minutes=${1:-60} folder=${2:-target/realtime}
ulimit -n "$(ulimit -Hn)"
. benches/realtime/processes.sh
mkdir -p "$folder"
start tutti first
taskset -c 1 "$load" party --rooms "${ROOMS:-1000}" --members "${MEMBERS:-10}" --pause "${PAUSE:-20}" --secs "$(echo "$minutes * 60" | bc)" \
  --csv "$folder/party.csv" --url "$(joined "${urls[@]}")" --pids "$(joined "${pids[@]}")" || { cat "$work"/*.log; exit 1; }
cat "$work"/*.log
python3 benches/realtime/plots/plot.py "$folder/party.csv" "$folder/party.svg"
echo "$folder/party.csv and $folder/party.svg"
