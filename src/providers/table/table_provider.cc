#include "providers/table/table_provider.h"

#include <algorithm>
#include <utility>

#include "providers/table/classify.h"

namespace keyledger::providers::table {
namespace {

/// What a good answer says against the key, as a finding; nothing if it says nothing.
std::optional<keys::Finding> objection(const Answer& answer, const Told& told, const Secret& key) {
  if (told.code == "ok") return std::nullopt;
  keys::Finding finding{.code = std::string{told.code}, .provider_status = static_cast<int>(answer.status)};
  const bool echo = !key.empty() && told.provider_message.find(key.reveal()) != std::string_view::npos;
  if (!echo) finding.provider_message = provider_words(told.provider_message);
  return finding;
}

}  // namespace

KeyTest judge(const Answer& answer, Reader read, const Secret& key, Instant now) {
  if (!answer.ok()) return key_test(answer.finding);
  Told told = read(answer.json(), answer.headers, now);
  KeyTest result = key_test(objection(answer, told, key));
  result.readings = std::move(told.readings);
  std::erase_if(told.facts, [&](const auto& fact) {
    return fact.second.empty() || (!key.empty() && fact.second.find(key.reveal()) != std::string::npos);
  });
  result.facts = std::move(told.facts);
  return result;
}

Provider::Readings take_readings(const Answer& answer, Reader read, Instant now) {
  Provider::Readings readings;
  if (!answer.ok()) {
    readings.findings.push_back(*answer.finding);
    return readings;
  }
  Told told = read(answer.json(), answer.headers, now);
  readings.readings = std::move(told.readings);
  if (told.code != "ok") {
    readings.findings.push_back({.code = std::string{told.code}, .provider_status = static_cast<int>(answer.status)});
  }
  return readings;
}

TableProvider::TableProvider(Row row, const Http* http, const Clock* clock)
    : row_(std::move(row)), caller_(http, clock) {}

Call TableProvider::call_for(const net::BaseUrl& base, const Secret& key, std::string target, Patience patience) const {
  Call call;
  call.request.base = base;
  call.request.target = std::move(target);
  call.request.headers.add("Accept", "application/json");
  for (const auto& [name, value] : row_.headers) call.request.headers.set(name, std::string{value});
  call.request.secret = key.copy();
  if (row_.secret_query.empty()) {
    call.request.secret_header = row_.secret_header;
    call.request.secret_prefix = row_.secret_prefix;
  } else {
    call.request.secret_query = row_.secret_query;
  }
  call.classify = [refusals = &row_.refusals](unsigned status, const net::Headers& headers, const json::Value& body) {
    return classify(*refusals, status, headers, body);
  };
  call.patience = patience;
  return call;
}

Call TableProvider::call_for(const net::BaseUrl& base, const Secret& key, const Ask& ask, Patience patience) const {
  Call call = call_for(base, key, ask.target, patience);
  call.request.method = ask.method;
  call.request.body = ask.body;
  if (!ask.body.empty()) call.request.headers.add("Content-Type", "application/json");
  return call;
}

Task<KeyTest> TableProvider::test(Access access) const {
  Call call = call_for(access.base, access.key, row_.test, kTestPatience);
  const Answer answer = co_await caller_.send(std::move(call));
  co_return judge(answer, row_.test.read, access.key, now());
}

Task<Provider::Readings> TableProvider::readings(Access access) const {
  if (row_.readings.target.empty()) co_return Readings{};
  Call call = call_for(access.base, access.key, row_.readings, kSyncPatience);
  const Answer answer = co_await caller_.send(std::move(call));
  co_return take_readings(answer, row_.readings.read, now());
}

}  // namespace keyledger::providers::table
