#include "providers/brave/brave.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "providers/answers.h"
#include "providers/brave/quota.h"
#include "providers/table/classify.h"
#include "providers/table/readers.h"

namespace keyledger::providers::brave {
namespace {

// The smallest plan answers one request a second, and the second question must not fail for that.
constexpr std::chrono::milliseconds kConfirmPause{1'100};
constexpr int kRetryAfterSecondsMax = 31 * 86'400;

table::Told read_search(const json::Value& body, const net::Headers&, Instant) {
  const bool search = text_of(body["type"]) == "search" || body["web"].object() != nullptr;
  return search ? table::Told{} : table::unexpected();
}

table::Row brave_row() {
  table::Row row;
  row.description = {.id = "brave",
                     .name = "Brave Search",
                     .base_url = "https://api.search.brave.com/res",
                     .console_url = "https://api-dashboard.search.brave.com/app/keys",
                     .test_costs = true};
  row.secret_header = "X-Subscription-Token";
  row.secret_prefix = "";
  row.test = {.target = "/v1/web/search?q=test&count=1", .read = read_search};
  row.refusals = {
      {.status = 422, .word = "SUBSCRIPTION_TOKEN_INVALID", .code = "key_rejected"},
      {.status = 404, .word = "SUBSCRIPTION_NOT_FOUND", .code = "subscription_missing"},
      {.status = 429, .word = "QUOTA_LIMITED", .code = "quota_used_up"},
      {.status = 429, .word = "RATE_LIMITED", .code = "rate_limited"},
  };
  return row;
}

/// `meta` of the error, which stands in `error` in live answers and in `errors` in the documentation's examples.
const json::Value& meta_of(const json::Value& body) {
  if (body["error"]["meta"].object() != nullptr || body["errors"].items().empty()) return body["error"]["meta"];
  return body["errors"].items().front()["meta"];
}

/// When the window that refused turns, as far as the headers tell.
std::optional<int> seconds_to_wait(std::string_view code, const net::Headers& headers) {
  const std::vector<Window> windows = read_windows(headers);
  const Window* window = code == "quota_used_up" ? month_of(windows) : second_of(windows);
  if (window == nullptr || !window->reset_seconds) return std::nullopt;
  return static_cast<int>(std::min<std::int64_t>(*window->reset_seconds, kRetryAfterSecondsMax));
}

void take_meta(const json::Value& meta, std::vector<usage::Reading>& readings) {
  const std::optional<std::int64_t> used = table::count_of(meta["quota_current"]);
  if (!used) return;
  const auto month = std::ranges::find(readings, "month_quota", &usage::Reading::name);
  if (month != readings.end()) {
    month->used = used;
    return;
  }
  usage::Reading reading = table::counted("month_quota", "requests", meta["quota_current"], meta["quota_limit"]);
  if (reading.limit == 0) {
    reading.unlimited = true;
    reading.limit = reading.remaining = std::nullopt;
  }
  readings.push_back(std::move(reading));
}

}  // namespace

std::vector<usage::Reading> quota_of(const Answer& answer, Instant now) {
  std::vector<usage::Reading> readings = to_readings(read_windows(answer.headers), now);
  take_meta(meta_of(answer.json()), readings);
  return readings;
}

Brave::Brave(const Http* http, const Clock* clock) : TableProvider(brave_row(), http, clock), http_(http) {}

Call Brave::search_call(const Access& access) const {
  Call call = call_for(access.base, access.key, row().test, kTestPatience);
  call.repeat = Repeat::unsafe;  // every search that succeeds is billed
  call.classify = [refusals = &row().refusals](unsigned status, const net::Headers& headers, const json::Value& body) {
    keys::Finding finding = table::classify(*refusals, status, headers, body);
    if (status == 429 && !finding.retry_after_seconds) {
      finding.retry_after_seconds = seconds_to_wait(finding.code, headers);
    }
    return finding;
  };
  return call;
}

Task<KeyTest> Brave::test(Access access) const {
  Call first = search_call(access);
  Answer answer = co_await caller().send(std::move(first));
  if (answer.finding && answer.finding->code == "key_rejected") {
    co_await http_->pause(kConfirmPause);
    Call second = search_call(access);
    answer = co_await caller().send(std::move(second));
  }
  KeyTest result = table::judge(answer, row().test.read, access.key, now());
  result.readings = quota_of(answer, now());
  co_return result;
}

}  // namespace keyledger::providers::brave
