"""Writes the licences of the work of others that is in the program, or that it runs with, as one text.

usage: notices.py SOURCE_FOLDER OUTPUT_FILE

The texts are taken from where they were installed: Debian's /usr/share/doc/PACKAGE/copyright, with the texts of
/usr/share/common-licenses that these only name, and the licence files in web/node_modules. What is not there is named
all the same, with the place where it can be read.
"""

import pathlib
import re
import sys

# name, what it does here, Debian packages of which the first that is installed counts, where it comes from
LIBRARIES = [
    ("Boost", "network, HTTP, JSON and URLs", ["libboost1.81-dev", "libboost-dev"], "https://www.boost.org"),
    ("OpenSSL", "TLS", ["libssl-dev", "libssl3"], "https://www.openssl.org"),
    ("libsodium", "sealing and password hashing", ["libsodium-dev", "libsodium23"], "https://libsodium.org"),
    ("SQLite", "the database", ["libsqlite3-dev", "libsqlite3-0"], "https://sqlite.org"),
    ("SQLiteCpp", "the way to it", ["libsqlitecpp-dev"], "https://github.com/SRombauts/SQLiteCpp"),
    ("zlib", "compression", ["zlib1g-dev", "zlib1g"], "https://zlib.net"),
    ("Abseil", "hash tables", ["libabsl-dev", "libabsl20220623"], "https://abseil.io"),
    ("{fmt}", "texts", ["libfmt-dev", "libfmt9"], "https://fmt.dev"),
    ("spdlog", "the log", ["libspdlog-dev", "libspdlog1.10"], "https://github.com/gabime/spdlog"),
    ("date", "time zones", ["libhowardhinnant-date-dev", "libdate-tz3"], "https://github.com/HowardHinnant/date"),
    ("prometheus-cpp", "figures for Prometheus", ["prometheus-cpp-dev", "libprometheus-cpp-core1.0"],
     "https://github.com/jupp0r/prometheus-cpp"),
    ("GCC's runtime libraries", "the C++ standard library", ["libstdc++-12-dev", "libstdc++6", "gcc-12-base"],
     "https://gcc.gnu.org"),
]
# name, what it does here, package in node_modules, where it comes from
PAGES = [
    ("Svelte", "the pages", "svelte", "https://svelte.dev"),
    ("openapi-fetch", "the way to the API", "openapi-fetch", "https://openapi-ts.dev"),
    ("Geist", "a typeface", "@fontsource-variable/geist", "https://vercel.com/font"),
    ("Geist Mono", "a typeface", "@fontsource-variable/geist-mono", "https://vercel.com/font"),
]
# The icons are drawn into the pages one by one, so that no package of theirs is installed.
LUCIDE = """ISC License

Copyright (c) for portions of Lucide are held by Cole Bemis 2013-2022 as part of Feather (MIT). All other copyright (c)
for Lucide are held by Lucide Contributors 2022.

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE."""
RULE = "=" * 80
LONG = 200_000  # characters, beyond which nobody reads a text


def read(path):
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else None


def shortened(text):
    """Boost names each of its thousands of files; what they share is one licence, which stands on its own."""
    blocks = re.findall(r"^License: BSL-1\.0\n((?:[ \t]+.*\n)+)", text, re.MULTILINE)
    return max(blocks, key=len).strip() if len(text) > LONG and blocks else text


def debian_text(packages, documents):
    for package in packages:
        text = read(documents / package / "copyright")
        if text:
            return shortened(text)
    return None


def page_text(package, modules):
    folder = modules / package
    found = sorted(folder.glob("LICEN[CS]E*")) if folder.is_dir() else []
    return read(found[0]) if found else None


def section(name, what, home, text):
    body = text or f"The text of its licence was not on the machine where this was built; it is at {home}."
    return f"{RULE}\n{name}: {what}\n{home}\n{RULE}\n\n{body}\n"


def common_licences(text, folder):
    """Those that the texts name without having them in full."""
    names = sorted(set(re.findall(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9])", text)))
    for name in names:
        full = read(folder / name)
        if full:
            yield f"{RULE}\n{name}: the licence that is named above by /usr/share/common-licenses/{name}\n{RULE}\n\n{full}\n"


def notices(source, documents, common):
    parts = ["Keyledger is made with the work of others. Each stands here under its licence, after Keyledger's own.\n",
             f"{RULE}\nKeyledger\n{RULE}\n\n{read(source / 'LICENSE') or 'MIT'}\n"]
    parts += [section(name, what, home, debian_text(packages, documents)) for name, what, packages, home in LIBRARIES]
    modules = source / "web" / "node_modules"
    parts += [section(name, what, home, page_text(package, modules)) for name, what, package, home in PAGES]
    parts.append(section("Lucide", "icons", "https://lucide.dev", LUCIDE))
    parts += common_licences("".join(parts), common)
    return "\n".join(parts)


def main():
    source, output = (pathlib.Path(argument) for argument in sys.argv[1:3])
    text = notices(source, pathlib.Path("/usr/share/doc"), pathlib.Path("/usr/share/common-licenses"))
    output.parent.mkdir(parents=True, exist_ok=True)
    if read(output) != text.strip():  # so that nothing is built anew for nothing
        output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
