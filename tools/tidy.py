"""Our own small linter: rules of the house that no other tool knows. Exceptions stand in tools/tidy.toml.

`problems(root)` answers a list of "path:line: what to change", `remarks(root)` what is only worth a look.
tidy_test.py runs it on this repository and breaks each rule once.
"""

import pathlib
import re
import tomllib

LINES_MAX = 500      # over it a file fails, unless it is listed
LINES_WORTH = 300    # over it a file is worth a look
FUNCTION_MAX = 80    # lines of a function; style says about 70
TEXT_SUFFIXES = {".h", ".cc", ".cmake", ".css", ".html", ".json", ".md", ".mjs", ".js", ".py", ".sh", ".sql", ".toml",
                 ".ts", ".txt", ".yaml", ".yml", ""}
SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", "testdata", "corpus"}
DATA_FILES = {"package-lock.json"}

# C++ comments, string and character literals (raw ones, too): blanked out before the rules look.
LITERALS = re.compile(
    r'R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TYPE = re.compile(r"^(?:class|struct)\s+(?:alignas\([^)]*\)\s+)?(\w+)\b(?!\s*::)[^;{]*\{", re.MULTILINE)
NAMESPACE = re.compile(r"^namespace (keyledger[\w:]*) \{", re.MULTILINE)
FORGOTTEN = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def blanked(text):
    """The C++ text without comments and literals, with every line where it was."""
    return LITERALS.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Tidy:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        rules = tomllib.loads((self.root / "tools/tidy.toml").read_text())
        self.listed = {name: set(rules.get(name, [])) for name in ("reveal", "floating_point", "long_files")}
        self.needed = {name: set() for name in self.listed}
        self.types = {}  # (namespace, name): the header that defines it
        self.problems = []
        self.remarks = []

    def run(self):
        for path in sorted(self.root.rglob("*")):
            relative = path.relative_to(self.root)
            if path.suffix not in TEXT_SUFFIXES or SKIPPED_FOLDERS & set(relative.parts) or not path.is_file():
                continue
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            self.check_text(relative.as_posix(), text)
        for name, files in self.listed.items():
            for file in sorted(files - self.needed[name]):
                self.problems.append(f"tools/tidy.toml: {file} is listed under {name} without need")
        return self

    def say(self, file, line, what):
        self.problems.append(f"{file}:{line}: {what}")

    def check_text(self, file, text):
        if pathlib.Path(file).name in DATA_FILES:
            return
        self.check_lines(file, text)
        if file.endswith(".md"):
            self.check_links(file, text)
        if file.endswith((".h", ".cc")):
            self.check_length(file, text)
            self.check_code(file, text, blanked(text))

    def check_lines(self, file, text):
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip() and not file.endswith(".md"):
                self.say(file, number, "blanks at the end of the line")
            if FORGOTTEN.search(line):
                self.say(file, number, "finish it, or write down in an issue what is left")
        if text and not text.endswith("\n"):
            self.say(file, line_of(text, len(text)), "the last line has no end")

    def check_links(self, file, text):
        """Links to files of the repository lead somewhere."""
        for found in LINK.finditer(text):
            target = found.group(1).split("#")[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            if not ((self.root / file).parent / target).exists():
                self.say(file, line_of(text, found.start()), f"the link to {target} leads nowhere")

    def check_length(self, file, text):
        lines = text.count("\n")
        if lines > LINES_MAX:
            self.needed["long_files"].add(file)
            if file not in self.listed["long_files"]:
                self.say(file, lines, f"{lines} lines: split it ({LINES_MAX} at most)")
        elif lines > LINES_WORTH:
            self.remarks.append(f"{file} has {lines} lines")

    def check_code(self, file, text, code):
        if file.endswith(".h"):
            if "#pragma once" not in text:
                self.say(file, 1, "a header begins with what it is for and #pragma once")
            own_name = file.removeprefix("src/")
            if file.startswith("src/") and not text.startswith(f"// {own_name}: "):
                self.say(file, 1, f'the first line says what the header is for: "// {own_name}: ..."')
        if not file.startswith("src/"):
            return
        if file.endswith(".h"):
            self.check_types(file, code)
        self.check_functions(file, text.split("\n"), code.split("\n"))
        test = file.endswith("_test.cc")
        self.search(file, code, r"\bco_await\b[^;{}]*\bco_await\b", "one co_await to a statement")
        self.search(file, code, r"\?[^;{}:]*\bco_await\b", "no co_await inside ?:")
        self.search(file, code, r"\busing namespace std\s*;", "no using namespace std")
        if not test and not file.startswith("src/app/"):
            self.search(file, code, r"\bstd::cout\b|\bprintf\s*\(|\bputs\s*\(", "only app/ writes to standard output")
        if not test:
            self.listed_only(file, code, "reveal", r"[.>]reveal\(\)", "a secret is taken out: list it if it has to be")
            self.listed_only(file, code, "floating_point", r"\b(?:double|float)\b", "floating point: never for money")

    def check_types(self, file, code):
        """Two types of one name in one namespace: the linker takes either one's functions for both, without a word."""
        namespace = NAMESPACE.search(code)
        if namespace is None:
            return
        for found in TYPE.finditer(code):
            name = (namespace.group(1), found.group(1))
            other = self.types.setdefault(name, file)
            if other != file:
                self.say(file, line_of(code, found.start()), f"{'::'.join(name)} is a type of {other}, too")

    def check_functions(self, file, lines, code):
        """In formatted sources a function ends with a lone brace in the first column; what begins there is its head."""
        for end, line in enumerate(lines):
            if line != "}":
                continue
            start = next((at for at in range(end - 1, -1, -1) if re.match(r"[A-Za-z_\[~]", code[at])), end)
            if end - start + 1 > FUNCTION_MAX:
                self.say(file, start + 1, f"a function of {end - start + 1} lines: split it ({FUNCTION_MAX} at most)")

    def search(self, file, code, pattern, what):
        for found in re.finditer(pattern, code):
            self.say(file, line_of(code, found.start()), what)

    def listed_only(self, file, code, name, pattern, what):
        found = re.search(pattern, code)
        if found is None:
            return
        self.needed[name].add(file)
        if file not in self.listed[name]:
            self.say(file, line_of(code, found.start()), f"{what} (tools/tidy.toml, {name})")


def problems(root):
    return Tidy(root).run().problems


def remarks(root):
    return Tidy(root).run().remarks


if __name__ == "__main__":
    import sys
    tidy = Tidy(pathlib.Path(__file__).resolve().parent.parent).run()
    print("\n".join(tidy.problems + tidy.remarks))
    sys.exit(1 if tidy.problems else 0)
