#!/usr/bin/env bash
# Boots the fetched Linux over and over and judges every boot: how often it comes up on so many harts in free mode, whether lockstep runs repeat
# byte for byte, and what the strategies cost. A boot counts when all harts are there, the disk was read and written, the guest powered off,
# the exit code is 0, and the kernel complained of nothing. Every boot is one line of results.txt in the output folder, which keeps its console too.
#
# usage: matrix.sh [--harts "1 2 4 8"] [--free N] [--lockstep N] [--quantum TIME] [--strategies "deferred ping-pong all-mmio"]
#                  [--soc FILE] [--out FOLDER] [--limit SECONDS]
#
#   --free N         boots in a row in free mode for each number of harts (default 1; 0: none)
#   --lockstep N     boots in lockstep for each number of harts, compared with each other (default 2; 0: none)
#   --quantum TIME   window of the lockstep runs (default 20us)
#   --strategies L   boots of linux-worlds.yaml in lockstep, one for each strategy (default: none)
#   --soc FILE       the built command (default: builds src/Soc.Cli in Release)
#   --limit SECONDS  longest time of one boot (default 600)
#
# Needs what fetch.sh fetches. Exit code: 0 when every boot counts, 1 otherwise.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
harts="1 2 4 8"
free=1
lockstep=2
quantum=20us
strategies=
soc=
out=$here/files/matrix
limit=600
while [ $# -gt 0 ]; do
  case "$1" in
    --harts | --free | --lockstep | --quantum | --strategies | --soc | --out | --limit)
      [ $# -ge 2 ] || { echo "matrix.sh: $1 needs a value" >&2; exit 2; }
      declare "${1#--}=$2"
      shift 2 ;;
    *) echo "matrix.sh: '$1' is unknown; see the first lines of the script" >&2; exit 2 ;;
  esac
done

[ -r "$here/files/trixie/Image" ] || { echo "matrix.sh: there is no guest; run $here/fetch.sh" >&2; exit 2; }
if [ -z "$soc" ]; then
  dotnet build -c Release "$root/src/Soc.Cli" -v q >&2
  soc=$(find "$root/src/Soc.Cli/bin/Release" -name soc -type f | head -n 1)
fi

mkdir -p "$out"
# Topologies name files relative to themselves.
topologies=$(mktemp -d "$root/topologies/matrix.XXXXXX")
trap 'rm -rf "$topologies"' EXIT
failures=0
results=$out/results.txt
: >"$results"

say() { echo "$*" | tee -a "$results"; }

virt() { # harts: linux-virt.yaml with that many
  local file=$topologies/virt-$1.yaml
  sed -E "s/^( *- \{count: )[0-9]+/\1$1/; s#\.\./tests/#../../tests/#" "$root/topologies/linux-virt.yaml" >"$file"
  echo "$file"
}

number() { # summary, name: the first number of that name
  { [ ! -r "$1" ] || sed -nE "s/^ *\"$2\": ([0-9.]+),?\$/\1/p" "$1"; } | head -n 1
}

boot() { # name, harts, file, options: one boot; sets verdict
  local name=$1 expected=$2 file=$3 code=0 spent
  shift 3
  rm -f "$out/$name".{txt,json,err}
  TIMEFORMAT='%R %U %S'
  spent=$({ time timeout "$limit" "$soc" run "$file" --no-trace --summary "$out/$name.json" \
    --append "console=ttyS0 earlycon soc.run=disk" "$@" </dev/null >"$out/$name.txt" 2>"$out/$name.err" || echo "code $?" >&2; } 2>&1)
  code=$(sed -n 's/^code //p' <<<"$spent")
  read -r wall user system < <(grep -v '^code' <<<"$spent" | tail -n 1)
  verdict=
  [ -z "$code" ] || verdict="exit code $code"
  grep -q "soc: init reached, $expected harts" "$out/$name.txt" || verdict="$verdict; init was not reached on $expected harts"
  grep -q "soc: disk written" "$out/$name.txt" || verdict="$verdict; the disk was not written"
  if grep -nE 'rcu.*stall|soft lockup|hard LOCKUP|blocked for more than|BUG:|Oops|Call Trace|WARNING:|I/O error|failed to come online' "$out/$name.txt" >"$out/$name.bad"; then
    verdict="$verdict; the kernel says $(head -n 1 "$out/$name.bad")"
  fi
  rm -f "$out/$name.bad"
  if [ -z "$verdict" ]; then
    verdict=ok
  else
    verdict="FAILED: ${verdict#; }"
    failures=$((failures + 1))
  fi
  say "$name: $verdict; wall $wall s, host CPU $(awk -v u="$user" -v s="$system" 'BEGIN { print u + s }') s" \
    "virtual $(awk -v n="$(number "$out/$name.json" virtual-time)" 'BEGIN { printf "%.3f", n / 1e9 }') s" \
    "walks $(number "$out/$name.json" walks) translates $(number "$out/$name.json" translates)"
}

# What must be the same in two lockstep runs: console, instructions and times; not the host's figures.
comparable() { # name
  sed '/^host (differs/,$d' "$out/$1.txt"
  sed '/^ *"host": {/,$d' "$out/$1.json"
}

for count in $harts; do
  file=$(virt "$count")
  for ((run = 1; run <= free; run++)); do
    boot "free-$count-$run" "$count" "$file" --mode free
  done
  for ((run = 1; run <= lockstep; run++)); do
    boot "lockstep-$count-$run" "$count" "$file" --mode lockstep --quantum "$quantum"
    if [ "$run" -gt 1 ]; then
      if cmp -s <(comparable "lockstep-$count-1") <(comparable "lockstep-$count-$run"); then
        say "lockstep-$count-$run: same console, instructions and times as lockstep-$count-1"
      else
        say "lockstep-$count-$run: FAILED: differs from lockstep-$count-1"
        failures=$((failures + 1))
      fi
    fi
  done
done

for strategy in $strategies; do
  boot "strategy-$strategy" 4 "$root/topologies/linux-worlds.yaml" --mode lockstep --quantum "$quantum" --strategy "$strategy"
done

say "$(grep -c ': ok;' "$results" || true) boots ok, $failures failures"
[ "$failures" -eq 0 ]
