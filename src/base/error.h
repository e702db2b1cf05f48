// base/error.h: how a failure travels. An expected failure is a value; a broken invariant stops the process.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace keyledger {

/// The class of a failure; the enumerator is the word on the wire where no more exact reason is given.
enum class Code {
  invalid_argument,  // can never succeed as written
  unauthenticated,
  forbidden,
  not_found,
  conflict,        // the state does not allow it: a duplicate, something still in use
  too_large,       // more than a named maximum
  limit_exceeded,  // try again when the window turns
  unavailable,     // a dependency did not answer; repeat with the same id
  internal,        // our bug
};

[[nodiscard]] std::string_view to_string(Code code);

struct Error {
  Code code = Code::internal;
  std::string message{};  // for the caller: what to change. Never a secret, never SQL.
  std::string reason{};   // the stable `code` of the answer, such as duplicate_email; empty: the word of `code`
  std::string field{};    // which field of the request is meant, if one is
  std::string detail{};   // for the log: ids, constraint names, upstream status. Never a secret.
};

template <typename T>
using Result = std::expected<T, Error>;

/// Shorthand for `return std::unexpected(Error{...})`.
[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string message, std::string reason = {},
                                                 std::string field = {}, std::string detail = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(reason), std::move(field), std::move(detail)});
}

/// Whether repeating the same request later can succeed.
[[nodiscard]] constexpr bool retryable(Code code) {
  switch (code) {  // no default: a new code has to choose
    case Code::limit_exceeded:
    case Code::unavailable: return true;
    case Code::invalid_argument:
    case Code::unauthenticated:
    case Code::forbidden:
    case Code::not_found:
    case Code::conflict:
    case Code::too_large:
    case Code::internal: return false;
  }
  std::unreachable();
}

/// Stops the process when a condition that our own code guarantees does not hold. Never for outside input.
void check_invariant(bool holds, std::string_view what);

}  // namespace keyledger
