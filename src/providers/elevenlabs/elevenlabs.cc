#include "providers/elevenlabs/elevenlabs.h"

#include <fmt/format.h>

#include "providers/answers.h"
#include "providers/collect.h"
#include "providers/elevenlabs/answers.h"

namespace keyledger::providers::elevenlabs {
namespace {

table::Row elevenlabs_row() {
  table::Row row;
  row.description = {.id = "elevenlabs",
                     .name = "ElevenLabs",
                     .base_url = "https://api.elevenlabs.io",
                     .console_url = "https://elevenlabs.io/app/settings/api-keys",
                     .reads_usage = true,
                     .reads_readings = true};
  row.secret_header = "xi-api-key";
  row.secret_prefix = "";
  row.test = {.target = "/v1/user/subscription", .read = read_subscription};
  row.readings = row.test;
  row.refusals = {
      // A live key without the permission and a wrong key have the same status.
      {.status = 401, .word = "missing_permissions", .code = "missing_scope"},
      {.status = 401, .word = "quota_exceeded", .code = "quota_used_up"},
      {.status = 401, .word = "invalid_api_key", .code = "key_rejected"},
  };
  return row;
}

/// Whether the provider refused the question and not us: it does not count by this metric.
bool knows_no_metric(const Answer& answer) {
  return answer.status == 400 || answer.status == 404 || answer.status == 422;
}

void take(const Series& credits, const std::optional<Series>& requests, Dataset& dataset) {
  for (const auto& [day, count] : credits) {
    usage::UsageRow row{.start = day};
    row.counts.credits = count;
    if (requests) {
      const auto found = requests->find(day);
      row.counts.requests = found == requests->end() ? 0 : found->second;
    }
    if (count != 0 || row.counts.requests.value_or(0) != 0) dataset.add(std::move(row));
  }
}

keys::Finding malformed() {
  return {.code = "malformed_answer", .provider_status = 200};
}

}  // namespace

ElevenLabs::ElevenLabs(const Http* http, const Clock* clock) : TableProvider(elevenlabs_row(), http, clock) {}

Call ElevenLabs::stats_call(const Access& access, const FetchRequest& request, std::string_view metric) const {
  // The names say Unix, the values are milliseconds. The end is the last moment, not the first one after.
  return call_for(access.base, access.key,
                  fmt::format("/v1/usage/character-stats?start_unix={}&end_unix={}&aggregation_interval=day&metric={}",
                              to_millis(request.from), to_millis(request.to) - 1, metric));
}

Task<Discovery> ElevenLabs::discover(Access access) const {
  Discovery discovery;
  Call call = call_for(access.base, access.key, "/v1/user");
  const Answer user = co_await caller().send(std::move(call));
  discovery.identity = text_of(user.json()["user_id"]);
  co_return discovery;
}

Task<Fetched> ElevenLabs::fetch(Access access, FetchRequest request) const {
  Fetched fetched;
  if (request.width != usage::Width::day) co_return fetched;
  Dataset dataset{"character_stats", request};
  Call credits_call = stats_call(access, request, "credits");
  const Answer credits_answer = co_await caller().send(std::move(credits_call));
  if (!credits_answer.ok()) {
    dataset.finish(fetched, credits_answer.finding);
    co_return fetched;
  }
  Call requests_call = stats_call(access, request, "request_count");
  const Answer requests_answer = co_await caller().send(std::move(requests_call));
  if (!requests_answer.ok() && !knows_no_metric(requests_answer)) {
    dataset.finish(fetched, requests_answer.finding);
    co_return fetched;
  }
  const std::optional<Series> credits = read_stats(credits_answer.json(), request);
  std::optional<Series> requests;
  if (requests_answer.ok()) requests = read_stats(requests_answer.json(), request);
  if (!credits) {
    dataset.finish(fetched, malformed());
    co_return fetched;
  }
  take(*credits, requests, dataset);
  dataset.finish(fetched, std::nullopt);
  co_return fetched;
}

}  // namespace keyledger::providers::elevenlabs
