"""Holds the include directions of src/ to tools/floors.toml, and src/CMakeLists.txt to both.

`violations(root)` answers a list of sentences, empty when the house stands. floors_test.py runs it on this repository and
on small made-up ones that must fail.
"""

import pathlib
import re
import tomllib

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
FLOOR_LINE = re.compile(r"^\s*keyledger_floor\(([^)]*)\)", re.MULTILINE)
KEYWORDS = ("DEPS", "LIBS", "PCH")


def is_test(path):
    """Whether a file is built into the unit tests only."""
    stem = path.stem
    return path.name.endswith("_test.cc") or stem == "testing" or stem.endswith(("_testing", "_for_tests")) or bool(
        {"contract", "testdata", "testing"} & set(path.parts))


class House:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.source = self.root / "src"
        rules = tomllib.loads((self.root / "tools/floors.toml").read_text())
        self.folders = rules["folders"]
        self.libraries = rules.get("libraries", {})
        self.sources_only = rules.get("sources_only", {}).get("fronts", [])
        self.problems = []
        self.used = set()  # (folder, included folder, by a test only)
        self.helpers = self.test_helpers()

    def test_helpers(self):
        """Headers that unit tests include, and nothing else does."""
        users = {}
        for path in self.files():
            for _, name in INCLUDE.findall(path.read_text(errors="replace")):
                users.setdefault(name, set()).add(path)
        helpers = set()
        for _ in range(3):  # helpers of helpers
            for name, files in users.items():
                if all(is_test(file.relative_to(self.source)) or file in helpers for file in files):
                    helpers.add(self.source / name)
        return helpers

    def folder_of(self, relative):
        """The listed folder that a path lies in: the longest that fits, or nothing."""
        fits = [name for name in self.folders if relative == name or relative.startswith(name + "/")]
        return max(fits, key=len, default=None)

    def allowed(self, folder, test):
        rules = self.folders[folder]
        names = list(rules["may_include"]) + (list(rules.get("tests_may_include", [])) if test else [])
        return set(self.folders) if "*" in names else set(names)

    def check_file(self, path):
        relative = path.relative_to(self.source).as_posix()
        folder = self.folder_of(relative)
        if folder is None:
            self.problems.append(f"{relative} lies in a folder that tools/floors.toml does not list")
            return
        test = is_test(path.relative_to(self.source)) or path in self.helpers
        for quote, name in INCLUDE.findall(path.read_text(errors="replace")):
            if quote == '"':
                self.check_own(relative, folder, test, name)
            else:
                self.check_foreign(relative, folder, test, name)

    def check_own(self, relative, folder, test, name):
        target = self.folder_of(name)
        if target is None:
            if ((self.source / relative).parent / name).exists():
                self.problems.append(f'{relative} includes "{name}": write the path from src/')
            elif (self.source / name).exists():
                self.problems.append(f"{relative} includes {name}, whose folder is not listed")
            return  # a generated header
        if target == folder:
            return
        if target not in self.allowed(folder, test):
            self.problems.append(f"{relative} includes {name}, but {folder} may not include {target}")
        self.used.add((folder, target, test))

    def check_foreign(self, relative, folder, test, name):
        fronts = [front for front in self.libraries if name.startswith(front)]
        if not fronts:
            if "/" in name and not name.startswith(("sys/", "arpa/", "netinet/", "linux/", "net/")):
                self.problems.append(f"{relative} includes <{name}>, a library that tools/floors.toml does not list")
            return
        front = max(fronts, key=len)
        users = self.libraries[front]
        if "*" not in users and folder not in users and not (test and "tests" in users):
            self.problems.append(f"{relative} includes <{name}>, which is for {', '.join(users)}")
        if relative.endswith(".h") and not test and any(name.startswith(each) for each in self.sources_only):
            self.problems.append(f"{relative} includes <{name}>: only .cc files may")

    def check_arrows(self):
        """Arrows lead down, and each is used."""
        for folder, rules in self.folders.items():
            for name in rules["may_include"] + rules.get("tests_may_include", []):
                if name == "*":
                    continue
                if name not in self.folders:
                    self.problems.append(f"floors.toml: {folder} may include {name}, which is no folder")
                elif self.folders[name]["floor"] >= rules["floor"] and name not in rules.get("siblings", []):
                    self.problems.append(f"floors.toml: {folder} may include {name}, which is not on a floor below")
            if not self.has_sources(folder):
                continue
            by_sources = {target for user, target, test in self.used if user == folder and not test}
            by_tests = {target for user, target, test in self.used if user == folder and test}
            for name in sorted(set(rules["may_include"]) - by_sources - {"*"}):
                hint = " (its tests do: tests_may_include)" if name in by_tests else ""
                self.problems.append(f"floors.toml: {folder} may include {name}, but nothing does{hint}")
            for name in sorted(set(rules.get("tests_may_include", [])) - by_tests):
                self.problems.append(f"floors.toml: the tests of {folder} may include {name}, but none does")

    def has_sources(self, folder):
        return any(self.folder_of(path.relative_to(self.source).as_posix()) == folder for path in self.files())

    def files(self):
        return sorted(path for path in self.source.rglob("*") if path.suffix in (".h", ".cc"))

    def check_cmake(self):
        file = self.source / "CMakeLists.txt"
        if not file.exists():
            return
        for line in FLOOR_LINE.findall(file.read_text()):
            words = line.split()
            folder, rest = words[0], words[1:]
            if folder not in self.folders:
                self.problems.append(f"src/CMakeLists.txt builds {folder}, which floors.toml does not list")
                continue
            deps = words_after("DEPS", rest)
            wanted = set(self.folders[folder]["may_include"])
            if "*" not in wanted and set(deps) != wanted:
                differ = ", ".join(sorted(set(deps) ^ wanted))
                self.problems.append(f"src/CMakeLists.txt and floors.toml differ about {folder}: {differ}")


def words_after(keyword, words):
    """The words of one keyword of a CMake call."""
    found, active = [], False
    for word in words:
        if word in KEYWORDS:
            active = word == keyword
        elif active:
            found.append(word)
    return found


def violations(root):
    house = House(root)
    for path in house.files():
        house.check_file(path)
    house.check_arrows()
    house.check_cmake()
    return house.problems


if __name__ == "__main__":
    import sys
    found = violations(pathlib.Path(__file__).resolve().parent.parent)
    print("\n".join(found) or "The house stands.")
    sys.exit(1 if found else 0)
