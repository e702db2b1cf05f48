// providers/table/row.h: a provider as a row of data: where it is, how it takes a key, what its answers mean.
// docs/adding-a-provider.md shows how to add one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/value.h"
#include "net/message.h"
#include "providers/provider.h"

namespace keyledger::providers::table {

/// What a good answer (2xx and JSON) tells.
struct Told {
  std::string_view code = "ok";         // or that of a finding: a key that is blocked is told so with status 200
  std::string_view provider_message{};  // the provider's words for that, if it has any; may point into the answer
  std::vector<usage::Reading> readings{};
  std::vector<std::pair<std::string, std::string>> facts{};
};

/// Reads a good answer. Any member may be missing, null or of another type; an answer without the one thing that makes
/// it this provider's is told as unexpected_answer.
using Reader = Told (*)(const json::Value& body, const net::Headers& headers, Instant now);

/// One request and how to read its answer. An empty target: the provider has no such thing.
struct Ask {
  net::Method method = net::Method::get;
  std::string target{};
  std::string body{};
  Reader read = nullptr;
};

/// One line of what a refusal means; nothing or 0 in a column fits everything. The first line that fits wins.
struct Refusal {
  unsigned status = 0;
  std::string_view word{};  // one of the answer's code, type, status or reason members, in either case
  std::string_view part{};  // stands in the provider's message, in either case
  std::string_view code{};  // of domain/keys/findings.h
};

struct Row {
  Description description{};
  std::string_view secret_header = "Authorization";
  std::string_view secret_prefix = "Bearer ";
  std::string_view secret_query{};  // a query parameter instead of a header, for providers that have only that
  std::vector<std::pair<std::string_view, std::string_view>> headers{};  // sent with every request
  Ask test{};
  Ask readings{};                   // costs nothing; quota and balance
  std::vector<Refusal> refusals{};  // in front of what a status means by itself (classify_by_status)
};

/// The rows of the providers that need nothing but a row.
[[nodiscard]] std::vector<Row> simple_rows();

}  // namespace keyledger::providers::table
