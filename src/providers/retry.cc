#include "providers/retry.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/money.h"

namespace keyledger::providers {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBackoffFirst{1'000};
constexpr milliseconds kBackoffMax{8'000};
/// What a provider may ask for at most. It only guards the arithmetic; patience ends far below.
constexpr std::chrono::days kRetryAfterMax{366};
// Billionths of what the header counts in that make a millisecond: seconds, and milliseconds themselves.
constexpr std::int64_t kInSeconds = 1'000'000;
constexpr std::int64_t kInMilliseconds = 1'000'000'000;

bool passes_by_itself(unsigned status, std::string_view code) {
  switch (status) {
    case 408:
    case 409:
    case 500:
    case 502:
    case 503:
    case 504:
    case 529: return true;
    case 429: return code == "rate_limited";
    default: return false;
  }
}

bool broken_connection(std::string_view code) {
  return code == "unreachable_dns" || code == "unreachable_refused" || code == "unreachable_timeout" ||
         code == "unreachable";
}

/// A splitmix64 step: neighbouring seeds give unrelated numbers.
std::uint64_t scramble(std::uint64_t seed) {
  seed += 0x9e3779b97f4a7c15U;
  seed = (seed ^ (seed >> 30U)) * 0xbf58476d1ce4e5b9U;
  seed = (seed ^ (seed >> 27U)) * 0x94d049bb133111ebU;
  return seed ^ (seed >> 31U);
}

/// A decimal number of something, in whole units of a thousand-millionth of it: "0.5" seconds are 500,000,000. The
/// decimal reader of amounts does it, since a duration deserves no floating point either.
std::optional<std::int64_t> billionths_of(std::string_view text) {
  const Result<Amount> value = parse_amount(text);
  if (!value || value->nanos < 0) return std::nullopt;
  return value->nanos;
}

/// Rounded up, so that nobody comes back too early.
std::optional<milliseconds> duration_of(std::string_view text, std::int64_t billionths_of_millisecond) {
  const std::optional<std::int64_t> billionths = billionths_of(text);
  if (!billionths) return std::nullopt;
  const bool rest = *billionths % billionths_of_millisecond != 0;
  const milliseconds duration{*billionths / billionths_of_millisecond + (rest ? 1 : 0)};
  return std::min<milliseconds>(duration, kRetryAfterMax);
}

template <typename Number>
bool read_number(std::string_view text, std::size_t at, std::size_t length, Number& into) {
  if (at + length > text.size()) return false;
  const char* const end = text.data() + at + length;
  return std::from_chars(text.data() + at, end, into).ptr == end;
}

/// "Wed, 21 Oct 2026 07:28:00 GMT", the one form of RFC 9110 that is still sent.
std::optional<Instant> http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  unsigned day = 0;
  int year = 0;
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  const bool numbers = read_number(text, 5, 2, day) && read_number(text, 12, 4, year) &&
                       read_number(text, 17, 2, hours) && read_number(text, 20, 2, minutes) &&
                       read_number(text, 23, 2, seconds);
  if (!numbers || month == kMonths.end()) return std::nullopt;
  const auto number = static_cast<unsigned>(month - kMonths.begin()) + 1;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{number}, std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{hours} + std::chrono::minutes{minutes} +
         std::chrono::seconds{seconds};
}

}  // namespace

bool worth_repeating(const Answer& answer, Repeat repeat) {
  if (!answer.finding) return false;
  if (answer.status == 0) {
    // Nothing was sent when the name or the port did not answer; after that, nobody knows.
    const std::string& code = answer.finding->code;
    const bool sent = code != "unreachable_dns" && code != "unreachable_refused";
    return broken_connection(code) && (repeat == Repeat::safe || !sent);
  }
  if (answer.status < 400) return false;
  const std::optional<std::string_view> advice = answer.headers.find("x-should-retry");
  if (advice == "true") return true;
  if (advice == "false") return false;
  return passes_by_itself(answer.status, answer.finding->code);
}

milliseconds backoff_pause(int attempt, std::uint64_t dice) {
  const int doublings = std::clamp(attempt - 1, 0, 10);
  const milliseconds full = std::min(kBackoffMax, kBackoffFirst * (std::int64_t{1} << doublings));
  const auto off = static_cast<std::int64_t>(scramble(dice) % static_cast<std::uint64_t>(full.count() / 2));
  return full - milliseconds{off};
}

std::optional<milliseconds> retry_after(const net::Headers& headers, Instant now) {
  if (const std::optional<std::string_view> exact = headers.find("retry-after-ms")) {
    if (const std::optional<milliseconds> duration = duration_of(*exact, kInMilliseconds)) return duration;
  }
  const std::optional<std::string_view> text = headers.find("retry-after");
  if (!text) return std::nullopt;
  if (const std::optional<milliseconds> duration = duration_of(*text, kInSeconds)) return duration;
  const std::optional<Instant> date = http_date(*text);
  if (!date) return std::nullopt;
  const auto wait = std::min<milliseconds>(*date - now, kRetryAfterMax);
  return std::max(wait, milliseconds{0});
}

}  // namespace keyledger::providers
