# The dashboard in web/: built before the server, which carries it, where there is Node.

WEB=$ROOT/web

web_is_built() {
  local built=$WEB/dist/index.html.gz
  [[ -f $built && -z $(find "$WEB/src" "$WEB/public" "$WEB/scripts" "$WEB"/*.html "$WEB"/*.json "$WEB"/*.ts -newer "$built" -print -quit) ]]
}

# Without Node this is no failure: the server's page then says how to get the dashboard.
build_web() {
  if ! use_node || ! command -v npm >/dev/null; then
    echo "There is no Node $NODE_MINIMUM or newer, so the server is built without its dashboard."
    return 0
  fi
  install_npm web || return
  web_is_built && return 0
  (cd "$WEB" && npm run build)
}

check_web() { (cd "$WEB" && npm run check); }

# npm's own words before and after would not be JUnit.
test_web() {
  local code=0
  (cd "$WEB" && npx vitest run --reporter=default --reporter=junit --outputFile.junit="$RESULTS/web.xml") || code=$?
  "$PYTHON" "$ROOT/tools/results.py" junit "$RESULTS/web.xml" >"$RESULTS/web.json" || code=1
  return "$code"
}

# One Chromium at a time where the pages are timed; else one for each core.
run_pages() {
  local code=0 browsers=$JOBS
  [[ ${KEYLEDGER_JUDGE_TIMES:-no} == yes ]] && browsers=1
  KEYLEDGER_BINARY=${KEYLEDGER_BINARY:-$BINARY} node --test --test-concurrency="$browsers" \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=junit --test-reporter-destination="$RESULTS/pages.xml" "$WEB"/pages/*.test.mjs || code=$?
  "$PYTHON" "$ROOT/tools/results.py" junit "$RESULTS/pages.xml" >"$RESULTS/pages.json" || code=1
  return "$code"
}
