#include "api/query.h"

#include <fmt/format.h>

#include <charconv>

#include "crypto/hash.h"

namespace keyledger::api {
namespace {

constexpr std::size_t kTextMax = 200;

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

}  // namespace

Result<std::int64_t> positive(std::string_view text, std::string_view field) {
  const std::optional<std::int64_t> value = whole(text);
  if (value && *value > 0) return *value;
  return fail(Code::invalid_argument, fmt::format("{} is a whole number above 0.", field), "malformed_id",
              std::string{field});
}

Result<std::int64_t> page_limit(const net::Request& request) {
  const std::optional<std::string_view> text = request.query_value("limit");
  if (!text) return kPageLimitDefault;
  const std::optional<std::int64_t> value = whole(*text);
  if (value && *value >= 1 && *value <= kPageLimitMax) return *value;
  return fail(Code::invalid_argument, fmt::format("limit is a whole number from 1 to {}.", kPageLimitMax),
              "out_of_range", "limit");
}

std::string make_cursor(std::string_view list, std::int64_t last) {
  const std::string text = fmt::format("{}:{}", list, last);
  return crypto::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Result<std::optional<std::int64_t>> read_cursor(const net::Request& request, std::string_view list) {
  const std::optional<std::string_view> given = request.query_value("cursor");
  if (!given) return std::nullopt;
  const std::optional<crypto::Bytes> bytes = crypto::from_base64url(*given);
  if (bytes) {
    const std::string text(bytes->begin(), bytes->end());
    if (text.starts_with(fmt::format("{}:", list))) {
      const std::optional<std::int64_t> last = whole(std::string_view{text}.substr(list.size() + 1));
      if (last) return *last;
    }
  }
  return fail(Code::invalid_argument, "The cursor is not one of this list; begin without it.", "malformed_cursor",
              "cursor");
}

Result<std::optional<std::string>> query_text(const net::Request& request, std::string_view name) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  if (text->size() > kTextMax) {
    return fail(Code::invalid_argument, fmt::format("{} has at most {} bytes.", name, kTextMax), "too_long",
                std::string{name});
  }
  return std::string{*text};
}

Result<std::optional<Instant>> query_instant(const net::Request& request, std::string_view name) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  const Result<Instant> instant = parse_rfc3339(*text);
  if (instant) return *instant;
  return fail(Code::invalid_argument, fmt::format("{}: {}.", name, instant.error().message), "malformed_time",
              std::string{name});
}

}  // namespace keyledger::api
