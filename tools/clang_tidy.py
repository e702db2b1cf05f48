"""Runs clang-tidy over the sources, each only when it, a header it reaches, or the rules have changed since it passed.

What passed is remembered by a digest of all that in the cache folder of the user, so that a fresh clone is quick, too.
The flags are those of the debug build with sanitizers, less what only GCC knows. Unit tests are left out: they run under
the sanitizers, and GoogleTest's macros make names of their own.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = "clang-tidy-19"
COMPILER = "clang++-19"
WORTH_PRECOMPILING = 4  # files with the same flags
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "keyledger-clang-tidy"
CACHED_MAX = 20_000  # marks; each is an empty file


def compile_commands(build):
    """Source file -> the flags that matter to clang: defines, include folders, the standard."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if not file.is_relative_to(ROOT / "src") or file.name.endswith("_test.cc"):
            continue
        words = iter(shlex.split(entry["command"]))
        flags = []
        for word in words:
            if word in ("-isystem", "-I", "-D"):
                flags += [word, next(words)]
            elif word.startswith(("-D", "-I")) or word.startswith("-std="):
                flags.append(word)
        commands[file] = flags
    return commands


def reached(file, seen):
    """The file and every file of ours that it includes, directly or not."""
    if file in seen or not file.exists():
        return
    seen.add(file)
    for name in INCLUDE.findall(file.read_bytes()):
        reached(ROOT / "src" / name.decode(), seen)


def digest(file, flags, rules):
    files = set()
    reached(file, files)
    total = hashlib.sha256(rules)
    total.update(" ".join(flags).replace(str(ROOT), "").encode())
    for each in sorted(files):
        total.update(str(each.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(each.read_bytes()).digest())
    return total.hexdigest()


def precompile(build, due, commands):
    """Boost's headers once for all files with the same flags, which halves the time: flags -> what to add to them."""
    added = {}
    for flags in {tuple(commands[file]) for file in due}:
        if sum(commands[file] == list(flags) for file in due) < WORTH_PRECOMPILING:
            continue
        header = build / "tidy" / f"{hashlib.sha256(' '.join(flags).encode()).hexdigest()[:16]}.pch"
        header.parent.mkdir(exist_ok=True)
        done = subprocess.run([COMPILER, *flags, "-w", "-x", "c++-header", str(ROOT / "cmake/pch_asio.h"), "-o", str(header)],
                              check=False)
        if done.returncode == 0:
            added[flags] = ["-include-pch", str(header)]
    return added


def examine(file, flags):
    command = [TOOL, "--quiet", f"--config-file={ROOT / '.clang-tidy'}", str(file), "--", *flags, "-w"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.endswith(" warnings generated.")]
    return done.returncode, "\n".join(said)


def forget_oldest():
    marks = sorted(CACHE.iterdir(), key=lambda mark: mark.stat().st_mtime)
    for mark in marks[:max(0, len(marks) - CACHED_MAX)]:
        mark.unlink()


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build/asan")
    arguments.add_argument("files", nargs="*", type=pathlib.Path, help="only these")
    chosen = arguments.parse_args()
    commands = compile_commands(chosen.build)
    version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
    rules = (ROOT / ".clang-tidy").read_bytes() + re.sub(rb"(?m)^.*CPU.*$", b"", version)
    CACHE.mkdir(parents=True, exist_ok=True)
    wanted = ({file.resolve() for file in chosen.files} or set(commands)) & set(commands)
    marks = {file: CACHE / digest(file, commands[file], rules) for file in sorted(wanted)}
    due = [file for file in marks if not marks[file].exists()]
    print(f"{len(due)} of {len(marks)} files to look at", flush=True)
    failed = 0
    added = precompile(chosen.build, due, commands)
    with concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        for number, (file, (code, output)) in enumerate(zip(due, pool.map(
                lambda each: examine(each, commands[each] + added.get(tuple(commands[each]), [])), due)), 1):
            print(f"[{number}/{len(due)}] {file.relative_to(ROOT)}", flush=True)
            if code == 0:
                marks[file].touch()
            else:
                failed += 1
                print(output, flush=True)
    forget_oldest()
    print(f"{failed} files with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
