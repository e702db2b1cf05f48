#include "net/framing.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "net/ascii.h"

namespace keyledger::net {
namespace {

using State = HeaderSearch::State;

constexpr std::unexpected<Refusal> refuse(std::string_view code, std::string_view detail) {
  return std::unexpected(Refusal{400, code, detail});
}

constexpr std::string_view kBadLine =
    "Lines of the request's header must end in CR LF, and neither may stand anywhere else.";
constexpr std::string_view kBadRequestLine = "The first line must be a method, an address and HTTP/1.1.";

// Bare CR, control characters, folded lines, blanks before a colon, lines without a name.
std::expected<void, Refusal> judge_raw(std::string_view raw) {
  std::size_t fields = 0;
  std::size_t begin = 0;
  while (begin < raw.size()) {
    const std::size_t end = raw.find('\n', begin);
    if (end == std::string_view::npos || end == begin || raw[end - 1] != '\r')
      return refuse("malformed_request", kBadLine);
    const std::string_view line = raw.substr(begin, end - 1 - begin);
    if (has_control(line)) {
      if (line.find('\r') != std::string_view::npos) return refuse("malformed_request", kBadLine);
      return refuse("malformed_header", "A header has a control character in it.");
    }
    if (!line.empty() && (line.front() == ' ' || line.front() == '\t')) {
      return refuse("malformed_header", "A header must not be folded over several lines.");
    }
    if (begin > 0 && !line.empty()) {
      if (++fields > kHeaderFieldsMax)
        return std::unexpected(Refusal{431, "header_too_large", "The request has more than 100 header fields."});
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return refuse("malformed_header",
                      "Each header must be a name, a colon without a blank before it, and a value.");
      }
    }
    begin = end + 1;
  }
  return {};
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return length;
}

struct Seen {
  std::size_t hosts = 0, lengths = 0, codings = 0;
  bool close = false, keep_alive = false;
};

void read_connection(std::string_view value, Seen& seen) {
  while (!value.empty()) {
    const std::string_view item = value.substr(0, value.find(','));
    value.remove_prefix(std::min(value.size(), item.size() + 1));
    if (equal_ignoring_case(trimmed(item), "close")) seen.close = true;
    if (equal_ignoring_case(trimmed(item), "keep-alive")) seen.keep_alive = true;
  }
}

std::expected<void, Refusal> read_field(std::string_view name, std::string_view value, Framing& framing, Seen& seen) {
  if (equal_ignoring_case(name, "host")) {
    ++seen.hosts;
    framing.host = value;
  } else if (equal_ignoring_case(name, "content-length")) {
    ++seen.lengths;
    const std::optional<std::uint64_t> length = parse_length(value);
    if (!length) return refuse("ambiguous_length", "Content-Length must be one number of plain digits.");
    framing.content_length = *length;
  } else if (equal_ignoring_case(name, "transfer-encoding")) {
    ++seen.codings;
    if (!equal_ignoring_case(value, "chunked")) {
      return refuse("ambiguous_length", "The only Transfer-Encoding that is understood is chunked.");
    }
    framing.chunked = true;
  } else if (equal_ignoring_case(name, "connection")) {
    read_connection(value, seen);
  } else if (equal_ignoring_case(name, "expect")) {
    if (!equal_ignoring_case(value, "100-continue")) {
      return std::unexpected(
          Refusal{417, "expectation_failed", "The only expectation that can be met is 100-continue."});
    }
    framing.expects_continue = true;
  }
  return {};
}

std::expected<void, Refusal> judge_lengths(const Framing& framing, const Seen& seen, int version) {
  if (seen.lengths > 1) return refuse("ambiguous_length", "Content-Length must not be repeated.");
  if (seen.codings > 1) return refuse("ambiguous_length", "Transfer-Encoding must not be repeated.");
  if (framing.chunked && seen.lengths > 0) {
    return refuse("ambiguous_length", "A request has Content-Length or Transfer-Encoding, never both.");
  }
  if (framing.chunked && version < 11) {
    return refuse("ambiguous_length", "Transfer-Encoding does not exist in HTTP/1.0.");
  }
  return {};
}

// The absolute form is what proxies get; it is taken only where it says the same as Host.
std::expected<void, Refusal> judge_target(std::string_view target, Framing& framing) {
  if (target.starts_with('/')) {
    framing.origin_target = target;
    return {};
  }
  const std::size_t scheme_end = target.find("://");
  const std::string_view scheme = target.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) {
    return refuse("malformed_target", "The address must begin with a slash.");
  }
  const std::string_view rest = target.substr(scheme_end + 3);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.size() == rest.size()) return refuse("malformed_target", "The address must have a path.");
  if (!equal_ignoring_case(authority, framing.host)) {
    return refuse("malformed_target", "The address names another host than the Host header does.");
  }
  framing.origin_target = rest.substr(authority.size());
  return {};
}

}  // namespace

void find_header_end(std::string_view bytes, HeaderSearch& search) {
  while (search.scanned < bytes.size()) {
    const std::size_t feed = bytes.find('\n', search.scanned);
    if (feed == std::string_view::npos) {
      search.scanned = bytes.size();
      return;
    }
    if (feed == search.line_begin || bytes[feed - 1] != '\r') {
      search.state = State::bare_line_feed;
      return;
    }
    const bool empty_line = feed - search.line_begin == 1;
    search.scanned = feed + 1;
    search.line_begin = feed + 1;
    if (empty_line) {
      search.state = State::complete;
      return;
    }
  }
}

std::expected<void, Refusal> judge_request_line(std::string_view line, std::size_t target_bytes_max) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first || !is_token(line.substr(0, first))) {
    return refuse("malformed_request", kBadRequestLine);
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.size() > target_bytes_max) {
    return std::unexpected(Refusal{414, "target_too_large", "The address is longer than this server takes."});
  }
  if (target.empty() || target.find(' ') != std::string_view::npos) return refuse("malformed_request", kBadRequestLine);
  const std::string_view version = line.substr(last + 1);
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return {};
  const bool is_version = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                          version[6] == '.' && is_digit(version[7]);
  if (!is_version) return refuse("malformed_request", kBadRequestLine);
  return std::unexpected(Refusal{505, "unsupported_version", "This server speaks HTTP/1.1."});
}

std::expected<Framing, Refusal> judge_framing(std::string_view raw, const Head& head) {
  if (auto judged = judge_raw(raw); !judged) return std::unexpected(judged.error());
  Framing framing;
  Seen seen;
  for (const auto& [name, value] : head.fields.fields()) {
    if (auto read = read_field(name, value, framing, seen); !read) return std::unexpected(read.error());
  }
  if (auto judged = judge_lengths(framing, seen, head.version); !judged) return std::unexpected(judged.error());
  if (seen.hosts > 1 || (seen.hosts == 0 && head.version >= 11)) {
    return refuse("malformed_host", "A request must have exactly one Host header.");
  }
  if (seen.hosts == 1 && !is_host_and_port(framing.host)) {
    return refuse("malformed_host", "Host must be a name or an address, and perhaps a port.");
  }
  if (auto judged = judge_target(head.target, framing); !judged) return std::unexpected(judged.error());
  framing.keep_alive = !seen.close && (head.version >= 11 || seen.keep_alive);
  if (head.version < 11) framing.expects_continue = false;  // HTTP/1.0 has no interim answers
  return framing;
}

bool is_host_and_port(std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const auto is_v6_char = [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; };
    if (!std::ranges::all_of(text.substr(1, end - 1), is_v6_char)) return false;
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const auto is_name_char = [](char c) {
      const char lower = to_lower(c);
      return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '.' || c == '_';
    };
    if (name.empty() || !std::ranges::all_of(name, is_name_char)) return false;
    port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
  }
  if (port.empty()) return true;
  constexpr std::size_t kPortTextMax = 6;  // a colon and five digits
  return port.front() == ':' && port.size() <= kPortTextMax && std::ranges::all_of(port.substr(1), is_digit);
}

}  // namespace keyledger::net
