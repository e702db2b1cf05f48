// providers/table/recorded_testing.h: for tests only. Key tests, readings and discoveries as lines of text, beside
// providers/testing_rows.h, which has rows.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "providers/others.h"
#include "providers/testing.h"
#include "providers/testing_rows.h"

namespace keyledger::providers::testing {

/// The provider of that id, alone in its process as far as it can tell.
inline std::unique_ptr<Provider> provider_of(std::string_view id, const Http* http, const Clock* clock) {
  for (std::unique_ptr<Provider>& provider : make_others(http, clock)) {
    if (provider->description().id == id) return std::move(provider);
  }
  ADD_FAILURE() << "no provider " << id;
  return nullptr;
}

inline std::string render(const usage::Reading& reading) {
  std::string line = fmt::format("reading {} {}", reading.name, reading.unit);
  if (reading.used) line += fmt::format(" used={}", *reading.used);
  if (reading.limit) line += fmt::format(" limit={}", *reading.limit);
  if (reading.remaining) line += fmt::format(" remaining={}", *reading.remaining);
  if (reading.unlimited) line += " unlimited";
  if (reading.money_used) line += fmt::format(" money_used={}", to_decimal(reading.money_used->nanos));
  if (reading.money_remaining) line += fmt::format(" money_remaining={}", to_decimal(reading.money_remaining->nanos));
  if (reading.resets_at) line += fmt::format(" resets_at={}", to_rfc3339(*reading.resets_at));
  return line + "\n";
}

inline std::string render(const keys::Finding& finding) {
  std::string line = fmt::format("finding {} {} '{}'", finding.code, finding.provider_status, finding.provider_message);
  for (const std::string& scope : finding.missing_scopes) line += fmt::format(" scope={}", scope);
  if (finding.retry_after_seconds) line += fmt::format(" retry_after={}", *finding.retry_after_seconds);
  return line + "\n";
}

inline std::string render(const RemoteKey& key) {
  return fmt::format("key {} name={} redacted={} sha256={} project={} status={}\n", key.id, key.name, key.redacted,
                     key.sha256_hex, key.project, key.status);
}

template <typename T>
std::string render_all(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) text += render(value);
  return text;
}

inline std::string render(const KeyTest& test) {
  std::string text = fmt::format("verdict {}\n", boost::describe::enum_to_string(test.verdict, "?"));
  text += render(test.finding);
  for (const auto& [name, value] : test.facts) text += fmt::format("fact {}={}\n", name, value);
  return text + render_all(test.readings);
}

inline std::string render(const Provider::Readings& readings) {
  return render_all(readings.readings) + render_all(readings.findings);
}

inline std::string render(const Discovery& discovery) {
  return fmt::format("identity {} organization {}\n", discovery.identity, discovery.organization) +
         render_all(discovery.keys) + render_all(discovery.findings);
}

}  // namespace keyledger::providers::testing
