"""Counts of test runners in one form: {"passed", "failed", "skipped", "failures": [names]}.

results.py gtest FOLDER BUILD          from GoogleTest's JSON files; a test program of BUILD that left none has crashed
results.py junit FILE                  from a JUnit file, as Node's test runner writes it
results.py unittest FOLDER MODULE OUT  runs a Python test module and writes its counts to OUT
results.py sum FOLDER                  prints a table of all *.json in FOLDER and the closing line; fails if a test did
"""

import json
import pathlib
import sys
import unittest
import xml.etree.ElementTree as ElementTree


def counts(passed=0, failed=0, skipped=0, failures=()):
    return {"passed": passed, "failed": failed, "skipped": skipped, "failures": list(failures)}


def from_gtest(folder, build):
    total = counts()
    for program in sorted(build.rglob("keyledger_*_test")):
        if not program.is_file():
            continue
        report = folder / f"{program.name}.json"
        if not report.exists():
            total["failed"] += 1
            total["failures"].append(f"{program.name} ended before its last test")
            continue
        for suite in json.loads(report.read_text())["testsuites"]:
            for case in suite["testsuite"]:
                add_gtest_case(total, f"{suite['name']}.{case['name']}", case)
    return total


def add_gtest_case(total, name, case):
    if case.get("failures"):
        total["failed"] += 1
        total["failures"].append(name)
    elif case.get("result") == "SKIPPED":
        total["skipped"] += 1
    elif case.get("status") == "RUN":
        total["passed"] += 1


def from_junit(file):
    total = counts()
    for case in ElementTree.parse(file).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            total["failed"] += 1
            total["failures"].append(case.get("name", "?"))
        elif case.find("skipped") is not None:
            total["skipped"] += 1
        else:
            total["passed"] += 1
    return total


def run_unittest(folder, module, out):
    sys.path.insert(0, str(folder))
    suite = unittest.defaultTestLoader.loadTestsFromName(module)
    outcome = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    bad = outcome.failures + outcome.errors
    skipped = len(outcome.skipped)
    passed = outcome.testsRun - len(bad) - skipped
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(counts(passed, len(bad), skipped, [str(case) for case, _ in bad])))
    return 0 if outcome.wasSuccessful() and outcome.testsRun else 1


def print_sum(folder):
    total = counts()
    print()
    for file in sorted(folder.glob("*.json")):
        one = json.loads(file.read_text())
        for key in ("passed", "failed", "skipped"):
            total[key] += one[key]
        skipped = f", {one['skipped']} skipped" if one["skipped"] else ""
        print(f"  {file.stem:<14} {one['passed']:>5} passed, {one['failed']} failed{skipped}")
        for name in one.get("failures", []):
            print(f"      failed: {name}")
    print()
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}", flush=True)
    return 1 if total["failed"] or not total["passed"] else 0


def main(arguments):
    command, *rest = arguments
    paths = [pathlib.Path(each) for each in rest]
    if command == "gtest":
        total = from_gtest(*paths)
    elif command == "junit":
        total = from_junit(*paths)
    elif command == "unittest":
        return run_unittest(paths[0], rest[1], paths[2])
    elif command == "sum":
        return print_sum(*paths)
    else:
        sys.exit(__doc__)
    print(json.dumps(total))
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
