#include "api/activity/cursor.h"

#include <fmt/format.h>

#include <charconv>

#include "crypto/hash.h"

namespace keyledger::api {
namespace {

using service::ActivityCursor;
using service::ActivityPage;

constexpr std::string_view kList = "activity:";

/// Takes a positive number off the front of the text.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 1) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return value;
}

bool take(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

/// "activity:1200;7=1190;9=812": before event 1,200; key 7 goes on with event 1,190, key 9 with 812.
std::optional<ActivityCursor> parse(std::string_view text) {
  if (!take(text, kList)) return std::nullopt;
  const std::optional<std::int64_t> before = take_number(text);
  if (!before) return std::nullopt;
  ActivityCursor cursor{.before = UsageEventId{*before}};
  while (!text.empty()) {
    if (!take(text, ";") || std::ssize(cursor.heads) == ActivityPage::kKeysMax) return std::nullopt;
    const std::optional<std::int64_t> key = take_number(text);
    if (!key || !take(text, "=")) return std::nullopt;
    const std::optional<std::int64_t> event = take_number(text);
    if (!event) return std::nullopt;
    cursor.heads.push_back({CustomerKeyId{*key}, UsageEventId{*event}});
  }
  return cursor;
}

}  // namespace

std::string write_activity_cursor(const ActivityCursor& cursor) {
  std::string text = fmt::format("{}{}", kList, cursor.before.value);
  for (const ActivityCursor::Head& head : cursor.heads) text += fmt::format(";{}={}", head.key.value, head.event.value);
  return crypto::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Result<std::optional<ActivityCursor>> read_activity_cursor(const net::Request& request) {
  const std::optional<std::string_view> given = request.query_value("cursor");
  if (!given) return std::nullopt;
  return parse_activity_cursor(*given);
}

Result<std::optional<ActivityCursor>> parse_activity_cursor(std::string_view given) {
  const std::optional<crypto::Bytes> bytes = crypto::from_base64url(given);
  std::optional<ActivityCursor> cursor;
  if (bytes) cursor = parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (cursor) return cursor;
  return fail(Code::invalid_argument, "The cursor is not one of this list; begin without it.", "malformed_cursor",
              "cursor");
}

}  // namespace keyledger::api
