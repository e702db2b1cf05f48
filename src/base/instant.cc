#include "base/instant.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

namespace keyledger {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr Day kFirstDay{std::chrono::year{0} / 1 / 1};
constexpr Day kLastDay{std::chrono::year{9999} / 12 / 31};

/// Writes a number that is not negative over the zeros that end before `end`.
void put_digits(std::string& text, std::size_t end, std::int64_t number) {
  for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
}

/// Reads exactly `count` digits at `position`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t position, std::size_t count) {
  if (position + count > text.size()) return std::nullopt;
  int value = 0;
  for (char c : text.substr(position, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

Result<milliseconds> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return milliseconds{0};
  const std::optional<int> hours = digits(text, 1, 2);
  const std::optional<int> minutes = digits(text, 4, 2);
  const bool shape = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  if (!shape || !hours || !minutes || *hours > 23 || *minutes > 59) {
    return fail(Code::invalid_argument, "a time ends in Z or an offset like +02:00");
  }
  const milliseconds offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

Instant SystemClock::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

std::string to_string(Day day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string to_rfc3339(Instant instant) {
  std::string text;
  append_rfc3339(text, instant);
  return text;
}

/// By hand, since every answer to a customer has one: a format string takes thirty times as long.
void append_rfc3339(std::string& text, Instant instant) {
  const Day day = day_of(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {  // no time of ours; four digits do not hold it
    text += fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", year, static_cast<unsigned>(date.month()),
                        static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(),
                        time.seconds().count());
    return;
  }
  const std::size_t begin = text.size();
  text += "0000-00-00T00:00:00.000Z";
  put_digits(text, begin + 4, year);
  put_digits(text, begin + 7, static_cast<unsigned>(date.month()));
  put_digits(text, begin + 10, static_cast<unsigned>(date.day()));
  put_digits(text, begin + 13, time.hours().count());
  put_digits(text, begin + 16, time.minutes().count());
  put_digits(text, begin + 19, time.seconds().count());
  put_digits(text, begin + 23, time.subseconds().count());
  if (time.subseconds().count() == 0) text.erase(begin + 19, 4);
}

Result<Day> parse_day(std::string_view text) {
  const std::optional<int> year = digits(text, 0, 4);
  const std::optional<int> month = digits(text, 5, 2);
  const std::optional<int> day = digits(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !year || !month || !day) {
    return fail(Code::invalid_argument, "a day is written like 2026-11-21");
  }
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return fail(Code::invalid_argument, "there is no such day");
  return Day{date};
}

Result<Instant> parse_rfc3339(std::string_view text) {
  const auto malformed = [] { return fail(Code::invalid_argument, "a time is written like 2026-11-21T20:14:05Z"); };
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return malformed();
  const Result<Day> day = parse_day(text.substr(0, 10));
  if (!day) return std::unexpected(day.error());
  const std::optional<int> hours = digits(text, 11, 2);
  const std::optional<int> minutes = digits(text, 14, 2);
  const std::optional<int> seconds = digits(text, 17, 2);
  if (!hours || !minutes || !seconds || text[13] != ':' || text[16] != ':') return malformed();
  if (*hours > 23 || *minutes > 59 || *seconds > 60) return malformed();  // 60: a leap second
  std::size_t position = 19;
  int millis = 0;
  if (text[position] == '.') {
    int scale = 100;
    const std::size_t first = ++position;
    for (; position < text.size() && text[position] >= '0' && text[position] <= '9'; ++position) {
      millis += (text[position] - '0') * scale;
      scale /= 10;
    }
    if (position == first) return malformed();
  }
  const Result<milliseconds> offset = parse_offset(text.substr(position));
  if (!offset) return std::unexpected(offset.error());
  const Instant instant = Instant{*day} + std::chrono::hours{*hours} + std::chrono::minutes{*minutes} +
                          std::chrono::seconds{*seconds} + milliseconds{millis} - *offset;
  // An offset or a leap second can carry out of the years that RFC 3339 can write.
  if (instant < Instant{kFirstDay} || instant >= Instant{kLastDay + days{1}}) return malformed();
  return instant;
}

}  // namespace keyledger
