"""The test `tidy`: this repository keeps the rules of the house, and each rule is broken once in a made-up one."""

import pathlib
import tempfile
import unittest

import tidy

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = "// base/thing.h: a thing.\n#pragma once\n"


def found_in(files, rules=""):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"tools/tidy.toml": rules, **files}.items():
            file = pathlib.Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tidy.problems(folder)


class Tidy(unittest.TestCase):
    def test_this_repository_is_tidy(self):
        run = tidy.Tidy(ROOT).run()
        for remark in run.remarks:
            print("worth a look:", remark)
        self.assertEqual(run.problems, [], "\n" + "\n".join(run.problems))

    def test_a_tidy_file_passes(self):
        text = HEADER + '// a double, a reveal() and std::cout in a comment\nconst char* text = "double";\n'
        self.assertEqual(found_in({"src/base/thing.h": text}), [])

    def test_each_rule_finds_its_breach(self):
        forgotten = "TO" + "DO"
        breaches = [
            ("src/base/a.cc", "int a = 1; \n", "blanks at the end of the line"),
            ("src/base/a.cc", f"// {forgotten}: later\n", "finish it"),
            ("src/base/a.cc", "int a = 1;", "the last line has no end"),
            ("src/base/a.cc", "int a;\n" * 501, "501 lines"),
            ("src/base/a.cc", "int f() {\n" + "  g();\n" * 79 + "}\n", "a function of 81 lines"),
            ("src/base/a.h", "// base/a.h: a.\nint a;\n", "#pragma once"),
            ("src/base/a.h", "#pragma once\n", "the first line says"),
            ("src/base/a.cc", "void f() { std::cout << 1; }\n", "standard output"),
            ("src/base/a.cc", 'void f() { printf("x"); }\n', "standard output"),
            ("src/base/a.cc", "auto a = key.reveal();\n", "a secret is taken out"),
            ("src/base/a.cc", "double a = 1;\n", "floating point"),
            ("src/net/a.cc", "auto a = f(co_await g(), co_await h());\n", "one co_await"),
            ("src/net/a.cc", "auto a = b ? co_await g() : 1;\n", "no co_await inside"),
            ("README.md", "[there](docs/nowhere.md)\n", "leads nowhere"),
        ]
        for file, text, what in breaches:
            with self.subTest(what=what):
                found = found_in({file: text})
                self.assertEqual(len(found), 1, found)
                self.assertIn(what, found[0])
                self.assertTrue(found[0].startswith(file + ":"), found[0])

    def test_the_app_may_write_to_standard_output(self):
        self.assertEqual(found_in({"src/app/a.cc": "void f() { std::cout << 1; }\n"}), [])

    def test_a_listed_file_may_and_an_idle_entry_may_not(self):
        rules = 'reveal = ["src/base/a.cc"]\n'
        self.assertEqual(found_in({"src/base/a.cc": "auto a = key.reveal();\n"}, rules), [])
        self.assertEqual(found_in({"src/base/a.cc": "int a;\n"}, rules),
                         ["tools/tidy.toml: src/base/a.cc is listed under reveal without need"])

    def test_a_function_of_eighty_lines_passes(self):
        self.assertEqual(found_in({"src/base/a.cc": "int f() {\n" + "  g();\n" * 78 + "}\n"}), [])

    def test_a_type_has_its_name_alone_in_its_namespace(self):
        def header(name, namespace, text):
            return f"// base/{name}.h: it.\n#pragma once\nnamespace {namespace} {{\n{text}}}  // namespace {namespace}\n"
        one = header("a", "keyledger::base", "struct Thing {\n  int a;\n};\nstruct Thing::Part {};\n")
        same = header("b", "keyledger::base", "class Thing final {\n};\n")
        elsewhere = header("b", "keyledger::other", "class Thing final {\n};\n")
        announced = header("b", "keyledger::base", "class Thing;\nstruct Thing::Impl {\n};\n")
        self.assertEqual(found_in({"src/base/a.h": one, "src/base/b.h": same}),
                         ["src/base/b.h:4: keyledger::base::Thing is a type of src/base/a.h, too"])
        self.assertEqual(found_in({"src/base/a.h": one, "src/base/b.h": elsewhere}), [])
        self.assertEqual(found_in({"src/base/a.h": one, "src/base/b.h": announced}), [])

    def test_digit_separators_are_no_literals(self):
        self.assertEqual(found_in({"src/base/a.cc": "int a = 10'000; int b = 20'000;\n"}), [])
        self.assertEqual(len(found_in({"src/base/a.cc": "int a = 10'000; double b = 2; int c = 1'0;\n"})), 1)


if __name__ == "__main__":
    unittest.main()
