// What this program is: its build, whose work is in it, and what the codes of its failures mean.
#include <fmt/format.h>

#include <algorithm>

#include "api/documents.h"
#include "api/handlers.h"
#include "api/replies.h"
#include "embedded/notices.h"

namespace keyledger::api {
namespace {

struct AboutShown {
  std::string version{}, licence{};
  std::optional<std::string> commit{};
  std::optional<Instant> built_at{};
  Instant started_at{};
  std::string data_dir{};
};
BOOST_DESCRIBE_STRUCT(AboutShown, (), (version, licence, commit, built_at, started_at, data_dir))

/// The code is one of the table, so that it needs no escaping; the meaning is HTML already.
std::string problem_page(const ProblemText& text) {
  return fmt::format(R"(<!doctype html>
<html lang=en>
<head>
<meta charset=utf-8>
<meta name=viewport content="width=device-width, initial-scale=1">
<title>{0} · Keyledger</title>
<link rel=stylesheet href="/api/docs.css">
</head>
<body>
<header><p><strong>Keyledger</strong></p></header>
<main>
<h1><code>{0}</code></h1>
<section>
<p class=summary>{2}</p>
<p>The HTTP status is {1}. The field <code>detail</code> of the answer says what to change this time.</p>
</section>
<p><a href="/api/docs">All routes and codes of this API</a></p>
</main>
</body>
</html>
)",
                     text.code, text.status, text.meaning);
}

}  // namespace

Task<Result<Reply>> get_about(const Services* services, Call) {
  const AboutFacts& facts = services->about;
  co_return ok(AboutShown{services->version, "MIT", facts.commit, facts.built_at, facts.started_at, facts.data_dir});
}

Task<Result<Reply>> get_notices(const Services*, Call) {
  co_return text_reply(embedded::notices(), "text/plain; charset=utf-8");
}

Task<Result<Reply>> get_problem(const Services*, Call call) {
  const std::string_view code = call.request.parameter("code").value_or("");
  const auto known = std::ranges::find(problem_texts(), code, &ProblemText::code);
  if (known == problem_texts().end()) {
    co_return fail(Code::not_found, "There is no such code; /api/docs lists them.", "not_found");
  }
  co_return text_reply(problem_page(*known), "text/html; charset=utf-8");
}

}  // namespace keyledger::api
