"""Turns src/api/openapi.yaml into what the program serves, and refuses a description that contradicts itself.

usage: openapi_build.py OPENAPI_YAML STYLE_CSS OUTPUT_FOLDER

Writes openapi.json, docs.html and documents.cc (both of them, the style sheet and the meanings of the error codes, as
texts inside the program).
Refused are: references that lead nowhere, components that nobody uses, an operationId given twice, a member without a
value (a colon or comma that needs quotes), and error codes that the table does not know, whose status the operation does
not describe, or that every operation needs and this one lacks.
"""

import html
import json
import pathlib
import re
import sys

import yaml

METHODS = ("get", "post", "put", "patch", "delete")


def operations(document):
    """Yields (path, method, operation, parameters), those of the path included."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                yield path, method, operation, item.get("parameters", []) + operation.get("parameters", [])


def resolve(document, reference):
    """The object that "#/components/schemas/Id" means; KeyError if there is none."""
    found = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def follow(document, thing):
    return resolve(document, thing["$ref"]) if "$ref" in thing else thing


# --- Checks -----------------------------------------------------------------------------------------------------------


def check_references(document):
    used = set()

    def walk(value, where):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from walk(item, f"{where}/{index}")
        if not isinstance(value, dict):
            return
        for name, item in value.items():
            if not isinstance(name, str):
                yield f"{where}: the member {name!r} is no text; quote it"
            elif item is None and "example" not in where:
                yield f"{where}: {name!r} has no value; quote the text around it"
            elif name == "$ref":
                used.add(item)
                try:
                    resolve(document, item)
                except (KeyError, TypeError):
                    yield f"{where}: {item} leads nowhere"
            else:
                yield from walk(item, f"{where}/{name}")

    yield from walk(document, "")
    for kind, members in document["components"].items():
        for name in members:
            if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in used:
                yield f"#/components/{kind}/{name} is used by nobody"


def check_operation_ids(document):
    seen = set()
    for path, method, operation, _ in operations(document):
        name = operation.get("operationId")
        if name is None or name in seen:
            yield f"{method} {path}: the operationId {name} is missing or given twice"
        seen.add(name)


def check_codes(document):
    table = document["x-codes"]
    answered = set(document["x-codes-everywhere"])
    for path, method, operation, parameters in operations(document):
        where = f"{method} {path}"
        codes = operation.get("x-codes", [])
        answered.update(codes)
        for code in codes:
            if code not in table:
                yield f"{where}: the code {code} is not in x-codes"
            elif str(table[code]["status"]) not in operation["responses"]:
                yield f"{where}: {code} is a {table[code]['status']}, which the operation does not describe"
        statuses = {str(table[code]["status"]) for code in codes if code in table}
        for status in operation["responses"]:
            if status.isdigit() and int(status) >= 400 and status not in statuses:
                yield f"{where}: describes {status} without a code for it"
        security = operation.get("security", document["security"])
        customer = any("customer_key" in scheme for scheme in security)
        proof = "invalid_api_key" if customer else "unauthenticated"
        if security and proof not in codes:
            yield f"{where}: needs credentials and lacks {proof}"
        if "requestBody" in operation and "unsupported_media_type" not in codes:
            yield f"{where}: takes a body and lacks unsupported_media_type"
        named = {follow(document, parameter)["name"] for parameter in parameters}
        wanted = set(re.findall(r"{(\w+)}", path))
        if not wanted <= named:
            yield f"{where}: the parameters {sorted(wanted - named)} are not described"
    for code in table:
        if code not in answered | {"method_not_allowed", "not_found"}:
            yield f"x-codes: {code} is answered by no operation"


# --- The page ---------------------------------------------------------------------------------------------------------


def inline(text):
    """`code`, **bold** and plain text as HTML."""
    escaped = html.escape(text, quote=False)
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", escaped)


def table(head, rows):
    if not rows:
        return ""
    cells = "".join(f"<th scope=col>{html.escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<div class=scroll tabindex=0><table><thead><tr>{cells}</tr></thead><tbody>\n{body}</tbody></table></div>\n"


def prose(text):
    """Paragraphs and pipe tables as HTML."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if lines[0].startswith("|"):
            cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
            parts.append(table(cells[0], [[inline(cell) for cell in row] for row in cells[2:]]))
        else:
            parts.append(f"<p>{inline(' '.join(lines))}</p>\n")
    return "".join(parts)


def type_text(schema):
    """A schema in a few words, with links to the named ones."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f'<a href="#schema-{name}">{name}</a>'
    if "oneOf" in schema:
        return " or ".join(type_text(option) for option in schema["oneOf"])
    kind = schema.get("type", "any value")
    words = " or ".join(kind) if isinstance(kind, list) else kind
    if "items" in schema:
        words = words.replace("array", f"list of {type_text(schema['items'])}")
    elif isinstance(schema.get("additionalProperties"), dict):
        words = f"object of {type_text(schema['additionalProperties'])}"
    if "format" in schema:
        words += f" ({schema['format']})"
    return words


def limits_text(schema):
    words = []
    if "enum" in schema:
        words.append("one of " + ", ".join(f"<code>{html.escape(json.dumps(value).strip(chr(34)))}</code>" for value in schema["enum"]))
    if "const" in schema:
        words.append(f"always <code>{json.dumps(schema['const'])}</code>")
    for key, word in (("minimum", "at least"), ("maximum", "at most"), ("minLength", "at least characters:"),
                      ("maxLength", "at most characters:"), ("minItems", "at least elements:")):
        if key in schema:
            words.append(f"{word} {schema[key]}")
    if "pattern" in schema:
        words.append(f"like <code>{html.escape(schema['pattern'])}</code>")
    if "default" in schema:
        words.append(f"default <code>{html.escape(json.dumps(schema['default']))}</code>")
    if "examples" in schema:
        words.append(f"for example <code>{html.escape(str(schema['examples'][0]))}</code>")
    return "; ".join(words)


def described(schema, *more):
    return " ".join(part for part in (*more, inline(schema.get("description", "")), limits_text(schema)) if part)


def schema_table(schema):
    required = schema.get("required", [])
    rows = []
    for name, member in schema.get("properties", {}).items():
        need = "yes" if name in required else "no"
        rows.append([f"<code>{name}</code>", type_text(member), need, described(member)])
    return table(["field", "type", "always there", "meaning"], rows) or f"<p>{type_text(schema)} {limits_text(schema)}</p>\n"


def who_may(document, operation):
    security = operation.get("security", document["security"])
    if not security:
        return "Anyone."
    words = []
    for scheme in security:
        if "customer_key" in scheme:
            return "A customer key."
        if "session_cookie" in scheme:
            words.append("a signed-in browser")
        for scope in scheme.get("admin_token", []):
            words.append(f"a token with the scope <code>{scope}</code>")
        if scheme.get("admin_token") == []:
            words.append("any admin token")
    words.append("the local socket")
    return ", ".join(words).capitalize() + "."


def curl(document, path, method, operation, parameters):
    target = document["servers"][0]["url"] + re.sub(r"{\w+}", "1", path)
    words = ["curl"]
    if method != "get":
        words.append(f"-X {method.upper()}")
    security = operation.get("security", document["security"])
    if any("customer_key" in scheme for scheme in security):
        words.append("-H 'X-API-Key: urt_...'")
    elif security:
        words.append("-H 'Authorization: Bearer kla_...'")
    if any(follow(document, parameter)["name"] == "Idempotency-Key" for parameter in parameters):
        words.append("-H 'Idempotency-Key: 6f1c'")
    content = operation.get("requestBody", {}).get("content", {})
    for kind, body in content.items():
        words.append(f"-H 'Content-Type: {kind}'")
        words.append(f"-d '{json.dumps(body['example'])}'" if "example" in body else "--data-binary @document.json")
    words.append(target)
    return f"<pre tabindex=0>{html.escape(' '.join(words), quote=False)}</pre>\n"


def example_block(content):
    if "example" not in content:
        return ""
    value = content["example"]
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return f"<pre tabindex=0>{html.escape(text, quote=False)}</pre>\n"


def parameter_rows(document, parameters):
    for parameter in (follow(document, each) for each in parameters):
        schema = follow(document, parameter["schema"])
        merged = {**schema, "description": parameter.get("description", "")}
        need = "yes" if parameter.get("required") else "no"
        yield [f"<code>{parameter['name']}</code>", parameter["in"], type_text(schema), need, described(merged)]


def answer_rows(document, operation):
    for status, answer in operation["responses"].items():
        answer = follow(document, answer)
        kinds = "<br>".join(f"{kind}: {type_text(content['schema'])}" for kind, content in answer.get("content", {}).items())
        headers = ", ".join(f"<code>{name}</code>" for name in answer.get("headers", {}))
        yield [f"<code>{status}</code>", inline(answer["description"]), kinds or "no body", headers]


def operation_section(document, path, method, operation, parameters):
    parts = [f'<section id="{operation["operationId"]}">\n<h3><span class="method {method}">{method.upper()}</span> '
             f"<code>{html.escape(path)}</code></h3>\n<p class=summary>{inline(operation['summary'])}</p>\n"]
    parts.append(prose(operation["description"]) if "description" in operation else "")
    parts.append(f"<p><strong>Who may:</strong> {who_may(document, operation)}</p>\n")
    parts.append(table(["parameter", "in", "type", "required", "meaning"], list(parameter_rows(document, parameters))))
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<h4>Body</h4>\n<p>{kind}: {type_text(content['schema'])}</p>\n{schema_table(follow(document, content['schema']))}")
    parts.append("<h4>Answers</h4>\n" + table(["status", "meaning", "body", "headers"], list(answer_rows(document, operation))))
    success = next((follow(document, answer) for status, answer in operation["responses"].items() if status.startswith("2")), {})
    parts.extend(example_block(content) for content in success.get("content", {}).values())
    codes = [[f"<code>{code}</code>", str(document["x-codes"][code]["status"]), inline(document["x-codes"][code]["meaning"])]
             for code in operation["x-codes"]]
    if codes:
        parts.append("<details><summary>Error codes</summary>\n" + table(["code", "status", "meaning"], codes) + "</details>\n")
    parts.append("<h4>Try it</h4>\n" + curl(document, path, method, operation, parameters) + "</section>\n")
    return "".join(parts)


def page(document):
    info = document["info"]
    contents, sections = [], []
    for tag in document["tags"]:
        name = tag["name"]
        anchor = name.lower().replace(" ", "-")
        mine = [each for each in operations(document) if name in each[2]["tags"]]
        links = "".join(f'<li><a href="#{operation["operationId"]}">{method.upper()} {html.escape(path)}</a></li>\n'
                        for path, method, operation, _ in mine)
        contents.append(f'<li><a href="#{anchor}">{name}</a><ul>\n{links}</ul></li>\n')
        sections.append(f'<h2 id="{anchor}">{name}</h2>\n<p>{inline(tag["description"])}</p>\n')
        sections.extend(operation_section(document, *each) for each in mine)
    everywhere = [[f"<code>{code}</code>", str(document["x-codes"][code]["status"]), inline(document["x-codes"][code]["meaning"])]
                  for code in ["not_found", "method_not_allowed", *document["x-codes-everywhere"]]]
    schemas = "".join(f'<section id="schema-{name}">\n<h3>{name}</h3>\n'
                      + (f"<p>{inline(schema['description'])}</p>\n" if "description" in schema else "")
                      + schema_table(schema) + "</section>\n" for name, schema in document["components"]["schemas"].items())
    return f"""<!doctype html>
<html lang=en>
<head>
<meta charset=utf-8>
<meta name=viewport content="width=device-width, initial-scale=1">
<title>{info['title']} API {info['version']}</title>
<link rel=stylesheet href="/api/docs.css">
</head>
<body>
<a class=skip href="#content">Skip to content</a>
<header><p><strong>{info['title']}</strong> API {info['version']}</p>
<p>Also as <a href="/api/openapi.json">OpenAPI 3.1</a>, for programs.</p></header>
<nav aria-label="Routes">
<ul>
{''.join(contents)}<li><a href="#codes">Error codes of every route</a></li>
<li><a href="#schemas">Schemas</a></li>
</ul>
</nav>
<main id=content>
<h1>The {info['title']} API</h1>
{prose(info['description'])}{''.join(sections)}<h2 id=codes>Error codes of every route</h2>
{table(["code", "status", "meaning"], everywhere)}<h2 id=schemas>Schemas</h2>
{schemas}</main>
</body>
</html>
"""


# --- Output -----------------------------------------------------------------------------------------------------------


def literal(text):
    """C++ raw strings, in pieces that every compiler takes; the delimiter does not occur in the text."""
    assert ')keyledger"' not in text
    pieces = [text[start:start + 8000] for start in range(0, len(text), 8000)]
    return "\n".join(f'R"keyledger({piece})keyledger"' for piece in pieces)


def problem_rows(document):
    """Each code with its status and its meaning, which is HTML."""
    rows = "".join(f'      {{"{code}", {about["status"]}, R"keyledger({inline(about["meaning"])})keyledger"}},\n'
                   for code, about in sorted(document["x-codes"].items()))
    return ("std::span<const ProblemText> problem_texts() {\n  static constexpr ProblemText kTexts[] = {\n"
            f"{rows}  }};\n  return kTexts;\n}}\n")


def documents_cc(files, document):
    texts = "\n".join(f"std::string_view {name}() {{\n  return {{\n{literal(text)},\n{len(text.encode())}}};\n}}\n"
                      for name, text in files.items())
    return f"// Made by tools/openapi_build.py from src/api/openapi.yaml.\n#include \"api/documents.h\"\n\nnamespace keyledger::api {{\n\n{texts}\n{problem_rows(document)}\n}}  // namespace keyledger::api\n"


def main():
    source, style, output = (pathlib.Path(argument) for argument in sys.argv[1:4])
    document = yaml.safe_load(source.read_text(encoding="utf-8"))
    faults = [*check_references(document), *check_operation_ids(document)]
    faults += check_codes(document) if not faults else []
    if faults:
        sys.exit("\n".join(f"{source}: {fault}" for fault in faults))
    output.mkdir(parents=True, exist_ok=True)
    description = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
    docs = page(document)
    (output / "openapi.json").write_text(description, encoding="utf-8")
    (output / "docs.html").write_text(docs, encoding="utf-8")
    css = style.read_text(encoding="utf-8")
    texts = {"openapi_json": description, "docs_html": docs, "docs_css": css}
    (output / "documents.cc").write_text(documents_cc(texts, document), encoding="utf-8")


if __name__ == "__main__":
    main()
