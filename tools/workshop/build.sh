# Building: CMake presets with Ninja; ccache is found by cmake/toolchain.cmake.

JOBS=$(nproc)
PYTHON=/usr/bin/python3 # the one that python3-yaml belongs to
export PYTHONDONTWRITEBYTECODE=1
BINARY=$ROOT/build/release/keyledger

# build_preset release TARGET...: configures when there is nothing yet (Ninja does so again by itself when a CMake file
# has changed) and builds.
build_preset() {
  local preset=$1
  shift
  if [[ ! -f $ROOT/build/$preset/build.ninja ]]; then cmake --preset "$preset" || return; fi
  cmake --build "$ROOT/build/$preset" -j "$JOBS" --target "$@"
}

source_files() {
  find "$ROOT/src" "$ROOT/tests" "$ROOT/bench" -name node_modules -prune -o \( -name '*.h' -o -name '*.cc' \) -print |
    LC_ALL=C sort
}

check_format() {
  local wrong
  wrong=$(source_files | xargs -r -P "$JOBS" -n 40 clang-format --dry-run -Werror 2>&1 | grep -o '^/[^:]*' | LC_ALL=C sort -u)
  [[ -z $wrong ]] && return 0
  echo "Not formatted; run ./dev format:"
  echo "${wrong//"$ROOT/"/  }"
  return 1
}

format_all() {
  source_files | xargs -r -P "$JOBS" -n 40 clang-format -i
}
