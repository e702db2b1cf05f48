# The steps of ./dev test. Each leaves its counts in build/results/NAME.json; tools/results.py adds them up.

RESULTS=$ROOT/build/results
FAILED=()

# check "Running the unit tests" unit COMMAND...: a step whose failure does not keep the others from running.
check() {
  local label=$1 name=$2
  shift 2
  if step "$label" "$name" "$@"; then
    return 0
  fi
  FAILED+=("$name")
  return 1
}

# Checks that are passed or failed as a whole.
as_one_test() {
  local name=$1 code=0
  shift
  "$@" || code=$?
  printf '{"passed": %d, "failed": %d, "skipped": 0}\n' $((code == 0)) $((code != 0)) >"$RESULTS/$name.json"
  return "$code"
}

# A build is no test, but a failed one must not count as nothing.
build_or_fail() {
  local name=$1
  shift
  build_preset "$@" && return 0
  printf '{"passed": 0, "failed": 1, "skipped": 0}\n' >"$RESULTS/$name.json"
  return 1
}

run_unit_tests() {
  local code=0
  mkdir -p "$RESULTS/unit"
  GTEST_OUTPUT="json:$RESULTS/unit/" GTEST_BRIEF=1 UBSAN_OPTIONS=print_stacktrace=1 \
    ctest --test-dir "$ROOT/build/asan" -j "$JOBS" --output-on-failure --timeout 300 --no-tests=error || code=$?
  "$PYTHON" "$ROOT/tools/results.py" gtest "$RESULTS/unit" "$ROOT/build/asan" >"$RESULTS/unit.json" || code=1
  return "$code"
}

run_python_tests() { # run_python_tests floors: the tests in tools/floors_test.py
  "$PYTHON" "$ROOT/tools/results.py" unittest "$ROOT/tools" "$1_test" "$RESULTS/$1.json"
}

# Our own small linters. They are quick, so that ./dev test has them every time.
run_linters() {
  local code=0
  run_python_tests tidy || code=1
  run_python_tests openapi_build || code=1
  run_python_tests notices || code=1
  return "$code"
}

# With clang-tidy, which looks at each file over all of Boost's headers: minutes where it has not looked before.
# Ours, and clang-tidy over what has changed since it last passed. From nothing that takes minutes, so it stays out of
# ./dev test.
run_tidy() {
  local code=0
  run_python_tests tidy || code=1
  build_preset asan keyledger_tests || return
  as_one_test clang-tidy "$PYTHON" "$ROOT/tools/clang_tidy.py" --jobs "$JOBS" || code=1
  return "$code"
}

run_e2e() { # run_e2e [FILE...]
  local code=0 files=("$@")
  ((${#files[@]})) || files=("$ROOT"/tests/e2e/*.test.mjs)
  KEYLEDGER_BINARY=${KEYLEDGER_BINARY:-$BINARY} node --test --test-concurrency="$JOBS" \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=junit --test-reporter-destination="$RESULTS/e2e.xml" "${files[@]}" || code=$?
  "$PYTHON" "$ROOT/tools/results.py" junit "$RESULTS/e2e.xml" >"$RESULTS/e2e.json" || code=1
  return "$code"
}

not_run() { # not_run e2e "the server was not built"
  printf '{"passed": 0, "failed": 1, "skipped": 0, "failures": ["%s: not run, %s"]}\n' "$1" "$2" >"$RESULTS/$1.json"
  FAILED+=("$1")
}

# What else the end-to-end tests load beside the server; built in the same configuration.
RELEASE_TARGETS=(keyledger keyledger_faultvfs keyledger_powercut)

run_all_checks() {
  local built=yes
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
  STEPS=12
  must "Installing what is missing" setup set_up build test node
  use_node
  check "Checking the format" format as_one_test format check_format
  check "Building the dashboard" build-web as_one_test build-web build_web
  check "Checking the dashboard's types" web-types as_one_test web-types check_web
  check "Running the dashboard's unit tests" web test_web
  check "Building the server" build-release build_or_fail build-release release "${RELEASE_TARGETS[@]}" || built=
  check "Building the unit tests, with sanitizers" build-asan build_or_fail build-asan asan keyledger_tests &&
    check "Running the unit tests" unit run_unit_tests || true
  STEP=8
  check "Checking the floors" floors run_python_tests floors
  check "Tidying" tidy run_linters
  if [[ $built ]]; then
    check "Running the end-to-end tests" e2e run_e2e
    check "Looking at every page in Chromium" pages run_pages
  else
    not_run e2e "the server was not built"
    not_run pages "the server was not built"
  fi
  "$PYTHON" "$ROOT/tools/results.py" sum "$RESULTS"
}
