// net/framing.h: where a request begins and ends. Whatever two programs could read differently is refused, since
// such a difference between a proxy and us lets one client's request hide in another's (request smuggling).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "net/refusal.h"

namespace keyledger::net {

inline constexpr std::size_t kHeaderFieldsMax = 100;

/// How far the end of a header block has been looked for, so that a block that comes in drops is read once.
struct HeaderSearch {
  enum class State { incomplete, complete, bare_line_feed };
  State state = State::incomplete;
  std::size_t line_begin = 0;  // of the line that is not complete yet
  std::size_t scanned = 0;     // when complete: the length of the block, its empty line included
};
void find_header_end(std::string_view bytes, HeaderSearch& search);

/// A header block as the parser understood it. The views point into the raw block.
struct Head {
  std::string_view method{};
  std::string_view target{};
  int version = 11;  // 10 or 11
  Headers fields{};
};

/// What a header block says about the rest of the request and about the connection.
struct Framing {
  bool chunked = false;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
  std::string_view origin_target{};  // the target without scheme and authority
  std::string_view host{};           // the value of Host; empty only in HTTP/1.0

  [[nodiscard]] bool has_body() const { return chunked || content_length > 0; }
};

/// Judges the first line (without its CRLF) before the parser sees it.
/// Errors: 414 target_too_large, 505 unsupported_version, 400 malformed_request.
[[nodiscard]] std::expected<void, Refusal> judge_request_line(std::string_view line, std::size_t target_bytes_max);

/// Judges a whole header block: `raw` as it came, its last empty line included, and `head` as parsed.
///
/// Errors: 400 with malformed_request, malformed_header, malformed_host, malformed_target or ambiguous_length; 417
/// expectation_failed; 431 header_too_large for more than kHeaderFieldsMax fields.
/// Why:    the parser accepts a repeated or combined Content-Length, several transfer codings, folded fields and any
///         number of Host fields; a proxy in front may take the other of the two.
[[nodiscard]] std::expected<Framing, Refusal> judge_framing(std::string_view raw, const Head& head);

/// host, host:port, [v6] or [v6]:port.
[[nodiscard]] bool is_host_and_port(std::string_view text);

}  // namespace keyledger::net
