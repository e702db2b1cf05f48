# Progress lines: one a step, with its place, its name and how long it took. What a step prints goes to a log file,
# which is shown when the step fails.

LOGS=$ROOT/build/logs
STEP=0
STEPS=1

if [[ -t 1 ]]; then SHOW_LIVE=yes; else SHOW_LIVE=; fi

# Redraws the line once a second with the last thing the step said. For terminals only.
watch_step() {
  local head=$1 log=$2 start=$SECONDS last width
  width=$(tput cols 2>/dev/null || echo 80)
  while sleep 1; do
    last=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c "1-$((width > 60 ? width - 50 : 10))")
    printf '\r\033[K%s ... (%ds) %s' "$head" $((SECONDS - start)) "$last"
  done
}

# step "Building the server" build-release COMMAND...: runs it, answers its exit code.
step() {
  local label=$1 log=$LOGS/$2.log start=$SECONDS code=0 watcher=
  shift 2
  mkdir -p "$LOGS"
  : >"$log"
  STEP=$((STEP + 1))
  local head="[$STEP/$STEPS] $label"
  printf '%s ... ' "$head"
  if [[ $SHOW_LIVE ]]; then
    watch_step "$head" "$log" &
    watcher=$!
  fi
  "$@" </dev/null >"$log" 2>&1 || code=$?
  if [[ $watcher ]]; then
    kill "$watcher" 2>/dev/null
    wait "$watcher" 2>/dev/null
    printf '\r\033[K%s ... ' "$head"
  fi
  if ((code == 0)); then
    printf '(%ds)\n' $((SECONDS - start))
  else
    printf 'FAILED (%ds)\n' $((SECONDS - start))
    show_log "$log"
  fi
  return "$code"
}

# The end of a log, where the reason nearly always stands.
show_log() {
  local lines
  lines=$(wc -l <"$1")
  ((lines > 80)) && echo "    ... ${1#"$ROOT/"} has the first $((lines - 80)) lines"
  tail -n 80 "$1" | sed 's/^/    /'
}

# must STEP...: a step that everything after it needs.
must() {
  step "$@" || exit 1
}
