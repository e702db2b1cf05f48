// What customers' programs called, on a page and as a file.
#include <fmt/format.h>

#include "api/activity/answers.h"
#include "api/activity/cursor.h"
#include "api/activity/lines.h"
#include "api/handlers.h"
#include "api/listing.h"

namespace keyledger::api {
namespace {

using service::ActivityLine;
using service::ActivityPage;
using service::ActivityQuery;

constexpr std::int64_t kHttpStatusMin = 100;
constexpr std::int64_t kHttpStatusMax = 599;
constexpr std::int64_t kLinesOfFile = 1'000;  // that are read at once

/// Errors: invalid_argument, reason out_of_range.
Result<std::optional<std::int64_t>> query_http_status(const net::Request& request) {
  const std::optional<std::string_view> text = request.query_value("http_status");
  if (!text) return std::nullopt;
  const Result<std::int64_t> status = positive(*text, "http_status");
  if (status && *status >= kHttpStatusMin && *status <= kHttpStatusMax) return *status;
  return fail(Code::invalid_argument,
              fmt::format("http_status is a whole number from {} to {}.", kHttpStatusMin, kHttpStatusMax),
              "out_of_range", "http_status");
}

/// An address alone is the network of one. Errors: invalid_argument, reason malformed_cidr.
Result<std::optional<IpNetwork>> query_network(const net::Request& request) {
  const std::optional<std::string_view> text = request.query_value("ip");
  if (!text) return std::nullopt;
  const Result<IpNetwork> network = IpNetwork::parse(*text);
  if (network) return *network;
  return fail(network.error().code, network.error().message, network.error().reason, "ip");
}

Result<void> read_times(const net::Request& request, ActivityQuery& query) {
  const Result<std::optional<Instant>> from = query_instant(request, "from");
  if (!from) return std::unexpected(from.error());
  const Result<std::optional<Instant>> to = query_instant(request, "to");
  if (!to) return std::unexpected(to.error());
  if (*from && *to && **from > **to) {
    return fail(Code::invalid_argument, "from is after to; turn them round.", "range_reversed", "from");
  }
  query.from = *from;
  query.to = *to;
  return {};
}

/// The words, numbers and times of the query; whose activity it is, is read apart.
Result<ActivityQuery> activity_query(const net::Request& request) {
  ActivityQuery query;
  const Result<std::int64_t> limit = page_limit(request);
  if (!limit) return std::unexpected(limit.error());
  Result<std::optional<service::ActivityCursor>> cursor = read_activity_cursor(request);
  if (!cursor) return std::unexpected(cursor.error());
  Result<std::optional<std::string>> action = query_text(request, "action");
  if (!action) return std::unexpected(action.error());
  Result<std::optional<std::string>> website = query_text(request, "website");
  if (!website) return std::unexpected(website.error());
  const auto status = query_word<ledger::Status>(request, "status");
  if (!status) return std::unexpected(status.error());
  const auto account = query_id<RentalAccountId>(request, "account_id");
  if (!account) return std::unexpected(account.error());
  const Result<std::optional<std::int64_t>> http_status = query_http_status(request);
  if (!http_status) return std::unexpected(http_status.error());
  const Result<std::optional<IpNetwork>> network = query_network(request);
  if (!network) return std::unexpected(network.error());
  const Result<void> times = read_times(request, query);
  if (!times) return std::unexpected(times.error());
  query.limit = *limit;
  query.cursor = std::move(*cursor);
  query.action = std::move(*action);
  query.website = std::move(*website);
  query.status = *status;
  query.account_id = *account;
  query.http_status = *http_status;
  query.network = *network;
  return query;
}

Result<ActivityQuery> query_of_all(const net::Request& request) {
  Result<ActivityQuery> query = activity_query(request);
  if (!query) return query;
  const Result<std::optional<CustomerKeyId>> key = query_id<CustomerKeyId>(request, "key_id");
  if (!key) return std::unexpected(key.error());
  const Result<std::optional<CustomerId>> customer = query_id<CustomerId>(request, "customer_id");
  if (!customer) return std::unexpected(customer.error());
  query->key_id = *key;
  query->customer_id = *customer;
  return query;
}

Result<ActivityQuery> query_of_key(const net::Request& request) {
  const Result<CustomerKeyId> id = path_id<CustomerKeyId>(request);
  if (!id) return std::unexpected(id.error());
  Result<ActivityQuery> query = activity_query(request);
  if (!query) return query;
  query->key_id = *id;
  query->of_key_only = true;
  return query;
}

Reply activity_reply(const ActivityPage& page) {
  json::Writer out;
  out.begin_object().name("data").begin_array();
  for (const ActivityLine& line : page.lines) write_line(out, line);
  out.end_array().name("next_cursor");
  if (page.next) {
    out.string(write_activity_cursor(*page.next));
  } else {
    out.null();
  }
  json::write(out.name("count"), page.count);
  out.name("all_count").integer(page.all_count);
  out.end_object();
  return net::json_reply(200, out.take());
}

std::vector<std::string> cells_of(const ActivityLine& line) {
  const std::int64_t micros = line.duration.count();
  return {std::to_string(line.id.value),
          to_rfc3339(line.at),
          line.key_name,
          line.key_hint,
          line.customer_name,
          line.action,
          line.resource,
          line.website.value_or(""),
          line.account_username.value_or(""),
          cell(line.status),
          std::to_string(line.http_status),
          fmt::format("{}.{:03}", micros / 1'000, micros % 1'000),
          std::to_string(line.units),
          line.ip_address,
          line.user_agent};
}

/// A filtered page may be empty and lead on all the same; then the next is read at once.
Task<Result<CsvPage>> csv_lines(const Services* services, ActivityQuery query, std::optional<std::string> cursor) {
  if (cursor) {
    Result<std::optional<service::ActivityCursor>> place = parse_activity_cursor(*cursor);
    if (!place) co_return std::unexpected(place.error());
    query.cursor = std::move(*place);
  }
  const Result<ActivityPage> page = co_await services->activity->list(std::move(query));
  if (!page) co_return std::unexpected(page.error());
  CsvPage lines;
  for (const ActivityLine& line : page->lines) lines.rows.push_back(cells_of(line));
  if (page->next) lines.next = write_activity_cursor(*page->next);
  co_return lines;
}

}  // namespace

Task<Result<Reply>> activity_page(const Services* services, Result<ActivityQuery> query) {
  if (!query) co_return std::unexpected(query.error());
  const Result<ActivityPage> page = co_await services->activity->list(std::move(*query));
  if (!page) co_return std::unexpected(page.error());
  co_return activity_reply(*page);
}

Task<Result<Reply>> activity_file(const Services* services, Result<ActivityQuery> query, std::string file_name) {
  if (!query) co_return std::unexpected(query.error());
  query->limit = kLinesOfFile;
  query->counted = false;
  CsvPages pages = [services, query = *query](std::optional<std::string> cursor) {
    return csv_lines(services, query, std::move(cursor));
  };
  std::vector<std::string> columns{"id",          "at",          "key",     "key_hint",   "customer",
                                   "action",      "resource",    "website", "account",    "status",
                                   "http_status", "duration_ms", "units",   "ip_address", "user_agent"};
  Result<Reply> reply = co_await csv_reply(std::move(file_name), std::move(columns), std::move(pages));
  co_return reply;
}

Task<Result<Reply>> list_activity(const Services* services, Call call) {
  Result<Reply> reply = co_await activity_page(services, query_of_all(call.request));
  co_return reply;
}

Task<Result<Reply>> list_activity_csv(const Services* services, Call call) {
  Result<Reply> reply = co_await activity_file(services, query_of_all(call.request), "activity.csv");
  co_return reply;
}

Task<Result<Reply>> list_key_activity(const Services* services, Call call) {
  Result<Reply> reply = co_await activity_page(services, query_of_key(call.request));
  co_return reply;
}

Task<Result<Reply>> list_key_activity_csv(const Services* services, Call call) {
  Result<Reply> reply = co_await activity_file(services, query_of_key(call.request), "activity.csv");
  co_return reply;
}

}  // namespace keyledger::api
