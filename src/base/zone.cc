#include "base/zone.h"

#include <date/tz.h>
#include <fmt/format.h>

namespace keyledger {
namespace {

constexpr std::string_view kUtc = "UTC";

date::sys_info info_at(const date::time_zone& zone, std::chrono::sys_seconds instant) {
  return zone.get_info(instant);
}

/// The name as it may be repeated in a message: an unknown one is outside text of any length.
std::string shortened(std::string_view name) {
  return std::string{name.substr(0, 64)};
}

}  // namespace

// UTC needs no database, so that a system without one still keeps time; it has no entry, only this absence.
Zone::Zone() : zone_(nullptr) {}

Result<Zone> Zone::find(std::string_view name) {
  if (name == kUtc) return Zone{};
  try {
    return Zone{date::locate_zone(name)};
  } catch (const std::exception& thrown) {
    return fail(
        Code::invalid_argument,
        fmt::format("There is no time zone \"{}\" here; use a name such as Europe/Berlin or UTC.", shortened(name)),
        "unknown_timezone", {}, thrown.what());
  }
}

std::string_view Zone::name() const {
  return zone_ == nullptr ? kUtc : std::string_view{zone_->name()};
}

std::chrono::seconds Zone::offset(Instant instant) const {
  if (zone_ == nullptr) return std::chrono::seconds{0};
  return info_at(*zone_, std::chrono::floor<std::chrono::seconds>(instant)).offset;
}

LocalDay Zone::day_of(Instant instant) const {
  const auto shown = instant + offset(instant);
  return LocalDay{std::chrono::floor<std::chrono::days>(shown).time_since_epoch()};
}

Instant Zone::start_of(LocalDay day) const {
  const std::chrono::sys_seconds midnight{day.time_since_epoch()};  // as UTC would have it
  if (zone_ == nullptr) return midnight;
  // No clock was ever more than 26 hours ahead of UTC, so the day has not begun yet at this point. From here on, offset
  // by offset, until one shows midnight or later.
  date::sys_info offsets = info_at(*zone_, midnight - std::chrono::hours{26});
  for (;;) {
    const std::chrono::sys_seconds reached = std::max(midnight - offsets.offset, offsets.begin);
    if (reached < offsets.end) return reached;
    offsets = info_at(*zone_, offsets.end);
  }
}

}  // namespace keyledger
