#include "api/listing.h"

#include <fmt/format.h>

#include <charconv>

#include "crypto/hash.h"

namespace keyledger::api {
namespace {

BOOST_DEFINE_ENUM_CLASS(Direction, asc, desc)

/// Everything that the list was asked for but where the page is, in few letters.
std::string fingerprint(const net::Request& request) {
  std::vector<std::pair<std::string, std::string>> asked = request.query;
  std::erase_if(asked, [](const auto& one) { return one.first == "limit" || one.first == "cursor"; });
  std::ranges::sort(asked);
  std::string text;
  for (const auto& [name, value] : asked) text += fmt::format("{}:{}={}:{};", name.size(), name, value.size(), value);
  const crypto::Digest digest = crypto::sha256(text);
  return crypto::to_base64url(std::span{digest}.first(9));
}

std::string opening(const net::Request& request, std::string_view list) {
  return fmt::format("{}/{}/", list, fingerprint(request));
}

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return value;
}

}  // namespace

Result<std::optional<bool>> query_descending(const net::Request& request) {
  const Result<std::optional<Direction>> direction = query_word<Direction>(request, "order");
  if (!direction) return std::unexpected(direction.error());
  if (!*direction) return std::nullopt;
  return **direction == Direction::desc;
}

/// "17", "17=5" (a number) or "17~acme" (a text).
std::string place_text(const ListPlace& place) {
  if (place.number) return fmt::format("{}={}", place.id, *place.number);
  if (place.text) return fmt::format("{}~{}", place.id, *place.text);
  return std::to_string(place.id);
}

std::optional<ListPlace> parse_place(std::string_view text) {
  const std::optional<std::int64_t> id = take_number(text);
  if (!id || *id < 1) return std::nullopt;
  ListPlace place{.id = *id};
  if (text.starts_with('~')) {
    place.text = std::string{text.substr(1)};
    return place;
  }
  if (text.starts_with('=')) {
    text.remove_prefix(1);
    place.number = take_number(text);
    if (!place.number) return std::nullopt;
  }
  return text.empty() ? std::optional{place} : std::nullopt;
}

std::string write_place(const net::Request& request, std::string_view list, const ListPlace& place) {
  const std::string text = opening(request, list) + place_text(place);
  return crypto::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Result<std::optional<ListPlace>> read_place(const net::Request& request, std::string_view list) {
  const std::optional<std::string_view> given = request.query_value("cursor");
  if (!given) return std::nullopt;
  const std::optional<crypto::Bytes> bytes = crypto::from_base64url(*given);
  if (bytes) {
    std::string_view text{reinterpret_cast<const char*>(bytes->data()), bytes->size()};
    const std::string begin = opening(request, list);
    if (text.starts_with(begin)) {
      text.remove_prefix(begin.size());
      std::optional<ListPlace> place = parse_place(text);
      if (place) return place;
    }
  }
  return fail(Code::invalid_argument,
              "The cursor is not one of this list, or its order or filters have changed; begin "
              "without it.",
              "malformed_cursor", "cursor");
}

std::string cell(const std::optional<Instant>& instant) {
  return instant ? to_rfc3339(*instant) : std::string{};
}

std::string cell(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : std::string{};
}

}  // namespace keyledger::api
