// net/target.h: the request's target taken apart: path and query, percent-decoded once.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/refusal.h"

namespace keyledger::net {

struct Target {
  std::string path{};  // begins with a slash; no "." or ".." segment, no control character; UTF-8
  std::vector<std::pair<std::string, std::string>> query{};  // in order; "+" is a blank, as forms write it
};

/// Takes the origin form ("/keys?limit=1") apart.
///
/// Errors: 400 malformed_target for anything that two readers could understand differently: raw bytes that are not
/// visible ASCII, a backslash, a fragment, a percent sign without two digits, %00, segments that are "." or ".."
/// however they are written, an encoded slash or backslash in the path, and what is not UTF-8 once decoded.
[[nodiscard]] std::expected<Target, Refusal> parse_target(std::string_view target);

/// Percent-encodes everything but the unreserved characters of RFC 3986.
void append_percent_encoded(std::string& out, std::string_view text);

}  // namespace keyledger::net
