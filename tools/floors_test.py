"""The test `floors`: this repository keeps its include directions, and made-up ones that do not are found out."""

import pathlib
import tempfile
import textwrap
import unittest

import floors

ROOT = pathlib.Path(__file__).resolve().parent.parent

RULES = """
    [folders.base]
    floor = 0
    may_include = []
    [folders.net]
    floor = 1
    may_include = ["base"]
    [folders.app]
    floor = 2
    may_include = ["*"]
    [libraries]
    "boost/beast" = ["net"]
    "gtest/" = ["tests"]
    [sources_only]
    fronts = ["boost/beast"]
"""
SOUND = {
    "src/base/error.h": "#pragma once\n#include <string>\n",
    "src/net/server.h": '#pragma once\n#include "base/error.h"\n',
    "src/net/server.cc": '#include "net/server.h"\n#include <boost/beast/http.hpp>\n',
    "src/net/server_test.cc": '#include <gtest/gtest.h>\n#include "net/server.h"\n',
    "src/CMakeLists.txt": "keyledger_floor(base)\nkeyledger_floor(net DEPS base LIBS x PCH asio)\n",
}


def found_in(changes, rules=RULES):
    """The violations of a small repository: the sound one with some files put in or replaced."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**SOUND, "tools/floors.toml": textwrap.dedent(rules), **changes}.items():
            file = pathlib.Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return floors.violations(folder)


class Floors(unittest.TestCase):
    def test_this_repository_keeps_its_include_directions(self):
        found = floors.violations(ROOT)
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_a_sound_repository_passes(self):
        self.assertEqual(found_in({}), [])

    def test_an_include_upwards_is_refused(self):
        found = found_in({"src/base/error.cc": '#include "net/server.h"\n'})
        self.assertEqual(found, ["base/error.cc includes net/server.h, but base may not include net"])

    def test_an_arrow_upwards_in_the_list_is_refused(self):
        rules = RULES.replace("may_include = []", 'may_include = ["net"]')
        found = found_in({"src/base/error.cc": '#include "net/server.h"\n'}, rules)
        self.assertIn("floors.toml: base may include net, which is not on a floor below", found)

    def test_an_arrow_that_nobody_uses_is_refused(self):
        found = found_in({"src/net/server.h": "#pragma once\n"})
        self.assertEqual(found, ["floors.toml: net may include base, but nothing does"])

    def test_an_arrow_that_only_tests_use_belongs_to_the_tests(self):
        found = found_in({"src/net/server.h": "#pragma once\n", "src/net/server_test.cc": '#include "base/error.h"\n'})
        self.assertEqual(found,
                         ["floors.toml: net may include base, but nothing does (its tests do: tests_may_include)"])

    def test_cmake_has_to_agree(self):
        found = found_in({"src/CMakeLists.txt": "keyledger_floor(base)\nkeyledger_floor(net LIBS base)\n"})
        self.assertEqual(found, ["src/CMakeLists.txt and floors.toml differ about net: base"])

    def test_a_library_stays_in_its_folder(self):
        found = found_in({"src/base/error.cc": "#include <boost/beast/http.hpp>\n"})
        self.assertEqual(found, ["base/error.cc includes <boost/beast/http.hpp>, which is for net"])

    def test_a_library_for_sources_stays_out_of_headers(self):
        found = found_in({"src/net/client.h": "#pragma once\n#include <boost/beast/core.hpp>\n"})
        self.assertEqual(found, ["net/client.h includes <boost/beast/core.hpp>: only .cc files may"])

    def test_a_test_library_stays_in_tests(self):
        found = found_in({"src/net/client.cc": "#include <gtest/gtest.h>\n"})
        self.assertEqual(found, ["net/client.cc includes <gtest/gtest.h>, which is for tests"])

    def test_a_header_that_only_tests_include_may_use_a_test_library(self):
        helper = {"src/net/pretend.h": "#pragma once\n#include <gtest/gtest.h>\n"}
        user = '#include "net/pretend.h"\n#include "net/server.h"\n'
        self.assertEqual(found_in({**helper, "src/net/server_test.cc": user}), [])
        self.assertEqual(found_in({**helper, "src/net/server.cc": user}),
                         ["net/pretend.h includes <gtest/gtest.h>, which is for tests"])

    def test_an_unknown_library_is_a_decision(self):
        found = found_in({"src/net/client.cc": "#include <curl/curl.h>\n"})
        self.assertEqual(found,
                         ["net/client.cc includes <curl/curl.h>, a library that tools/floors.toml does not list"])

    def test_an_unlisted_folder_is_refused(self):
        found = found_in({"src/cellar/wine.h": "#pragma once\n"})
        self.assertEqual(found, ["cellar/wine.h lies in a folder that tools/floors.toml does not list"])

    def test_a_comment_is_no_include(self):
        self.assertEqual(found_in({"src/base/error.cc": '// #include "net/server.h"\n'}), [])


if __name__ == "__main__":
    unittest.main()
