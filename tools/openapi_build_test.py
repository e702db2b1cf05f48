"""The test `openapi_build`: the description in this repository holds together, and each way to break it is noticed."""

import copy
import pathlib
import subprocess
import tempfile
import unittest

import yaml

import openapi_build

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROBLEM = {"description": "No.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
SMALL = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1", "description": "One `route`.\n\n| a | b |\n|---|---|\n| 1 | <2> |"},
    "servers": [{"url": "http://127.0.0.1:5000"}],
    "tags": [{"name": "Things", "description": "Things."}],
    "security": [{"session_cookie": []}, {"admin_token": ["admin"]}],
    "x-codes": {"unauthenticated": {"status": 401, "meaning": "Who?"}, "internal": {"status": 500, "meaning": "Ours."},
                "not_found": {"status": 404, "meaning": "No path."}, "method_not_allowed": {"status": 405, "meaning": "No."}},
    "x-codes-everywhere": ["internal"],
    "paths": {"/things/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"operationId": "getThing", "tags": ["Things"], "summary": "Read one", "x-codes": ["unauthenticated"],
                "responses": {"200": {"description": "It."}, "401": PROBLEM}}}},
    "components": {"schemas": {"Problem": {"type": "object", "properties": {"code": {"type": "string"}}}}},
}


def faults(change):
    document = copy.deepcopy(SMALL)
    change(document, document["paths"]["/things/{id}"]["get"])
    found = [*openapi_build.check_references(document), *openapi_build.check_operation_ids(document)]
    return found or [*openapi_build.check_codes(document)]


class OpenapiBuild(unittest.TestCase):
    def test_the_description_of_this_repository_holds_together(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["/usr/bin/python3", ROOT / "tools/openapi_build.py", ROOT / "src/api/openapi.yaml",
                            ROOT / "src/api/docs.css", folder], check=True)
            page = (pathlib.Path(folder) / "docs.html").read_text()
        document = yaml.safe_load((ROOT / "src/api/openapi.yaml").read_text())
        for path, method, operation, _ in openapi_build.operations(document):
            self.assertIn(f'id="{operation["operationId"]}"', page)
            self.assertIn(openapi_build.html.escape(path), page)
        for forbidden in ("<script", "<style", "style=", " onload", "http://fonts"):
            self.assertNotIn(forbidden, page)

    def test_a_description_that_holds_together_passes(self):
        self.assertEqual(faults(lambda document, get: None), [])
        self.assertIn("&lt;2&gt;", openapi_build.page(SMALL))

    def test_each_fault_is_noticed(self):
        cases = {
            "a reference that leads nowhere": lambda document, get: get["responses"].update(
                {"200": {"$ref": "#/components/responses/None"}}),
            "a component that nobody uses": lambda document, get: document["components"]["schemas"].update({"Lost": {}}),
            "an operationId given twice": lambda document, get: document["paths"].update(
                {"/other": {"get": copy.deepcopy(get)}}),
            "text that needs quotes": lambda document, get: get.update({"description": {"half a sentence": None}}),
            "a code that the table does not know": lambda document, get: get["x-codes"].append("lost"),
            "a code whose status is not described": lambda document, get: get["x-codes"].append("internal"),
            "a status without a code": lambda document, get: get["responses"].update({"409": PROBLEM}),
            "a guarded operation without unauthenticated": lambda document, get: (
                get.update({"x-codes": []}), get["responses"].pop("401")),
            "a path parameter that is not described": lambda document, get: document["paths"]["/things/{id}"].update(
                {"parameters": []}),
            "a code that no operation answers": lambda document, get: document["x-codes"].update(
                {"idle": {"status": 400, "meaning": "Never."}}),
        }
        for name, change in cases.items():
            with self.subTest(name):
                self.assertEqual(len(faults(change)), 1, faults(change))


if __name__ == "__main__":
    unittest.main()
