// service/admission/key_table_testing.h: for tests only. Keys that are quickly made, and both clocks.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "service/admission/key_table.h"

namespace keyledger::service::testing {

inline Instant at(std::string_view text) {
  return parse_rfc3339(text).value();
}

inline Zone zone(std::string_view name) {
  return Zone::find(name).value();
}

/// The text of a key; `version` for those that a rotation gave it.
inline std::string text_of(std::int64_t key, int version = 0) {
  return fmt::format("urt_{}_{}", key, version);
}

inline KeyRecord::Digest digest_of(const std::string& text, std::optional<Instant> valid_until = {}) {
  return {crypto::sha256(text), valid_until};
}

inline limits::Limit a_day(std::int64_t amount) {
  return {limits::Metric::requests, limits::Window::day, amount};
}

inline KeyRecord key(std::int64_t id, std::vector<limits::Limit> limits = {}, std::int64_t customer = 1) {
  KeyRecord record;
  record.id = {id};
  record.customer_id = {customer};
  record.digests = {digest_of(text_of(id))};
  record.limits = std::move(limits);
  return record;
}

/// A table whose clocks stand until they are moved.
struct Table {
  explicit Table(Instant start = at("2026-11-21T12:00:00Z"), Zone installation = {})
      : clock(start), table(&clock, installation, [this] { return steady; }) {
    crypto::initialise();
  }
  void advance(std::chrono::milliseconds by) {
    clock.advance(by);
    steady += by;
  }
  Admitted call(const std::string& text, std::int64_t rentals = 0) {
    return table.admit({text, "check", {}, 1, rentals});
  }
  Verdict verdict(const std::string& text) { return call(text).verdict; }
  std::vector<std::int64_t> used(std::int64_t id) {
    std::vector<std::int64_t> used;
    for (const limits::LimitStanding& standing : table.standings({id})) used.push_back(standing.used);
    return used;
  }

  ManualClock clock;
  runtime::SteadyTime steady{std::chrono::hours{1'000}};
  KeyTable table;
};

}  // namespace keyledger::service::testing
