"""The test `notices`: every work is named, with its licence where that is installed."""

import pathlib
import tempfile
import unittest

import notices

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Notices(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def text(self):
        return notices.notices(self.folder, self.folder / "doc", self.folder / "common")

    def test_every_work_is_named_whether_or_not_its_licence_is_there(self):
        self.write("doc/libfmt-dev/copyright", "The terms of fmt.")
        self.write("web/node_modules/svelte/LICENSE.md", "The terms of Svelte.")
        text = self.text()
        for name, *_ in [*notices.LIBRARIES, *notices.PAGES]:
            self.assertIn(f"\n{name}: ", text)
        self.assertIn("The terms of fmt.", text)
        self.assertIn("The terms of Svelte.", text)
        self.assertIn("it is at https://www.openssl.org.", text)

    def test_a_licence_that_is_only_named_is_put_in(self):
        self.write("doc/libssl-dev/copyright", "See /usr/share/common-licenses/Apache-2.0.")
        self.write("common/Apache-2.0", "Apache's terms.")
        self.assertIn("Apache's terms.", self.text())

    def test_of_a_text_that_names_thousands_of_files_the_licence_stays(self):
        long = "Files: x\n" * notices.LONG + "License: BSL-1.0\n Boost's terms.\n"
        self.assertEqual(notices.shortened(long), "Boost's terms.")
        self.assertEqual(notices.shortened("short"), "short")


if __name__ == "__main__":
    unittest.main()
