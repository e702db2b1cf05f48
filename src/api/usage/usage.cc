#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"
#include "service/usage/report.h"

namespace keyledger::api {
namespace {

Result<std::optional<Day>> query_day(const net::Request& request, std::string_view name) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  const Result<Day> day = parse_day(*text);
  if (day) return *day;
  return fail(Code::invalid_argument, std::string{name} + ": " + day.error().message + ".", "malformed_day",
              std::string{name});
}

Result<std::optional<std::int64_t>> query_days(const net::Request& request) {
  const std::optional<std::string_view> text = request.query_value("days");
  if (!text) return std::nullopt;
  const Result<std::int64_t> days = positive(*text, "days");
  if (days) return *days;
  return fail(Code::invalid_argument, "days is a whole number from 1 to 1098.", "invalid_days", "days");
}

Result<service::UsageQuery> usage_query(const net::Request& request) {
  service::UsageQuery query;
  const Result<std::optional<std::int64_t>> days = query_days(request);
  if (!days) return std::unexpected(days.error());
  const Result<std::optional<Day>> from = query_day(request, "from");
  if (!from) return std::unexpected(from.error());
  const Result<std::optional<Day>> to = query_day(request, "to");
  if (!to) return std::unexpected(to.error());
  const auto group_by = query_word<service::GroupBy>(request, "group_by");
  if (!group_by) return std::unexpected(group_by.error());
  const Result<std::optional<AccountId>> account = query_id<AccountId>(request, "account_id");
  if (!account) return std::unexpected(account.error());
  const Result<std::optional<ProviderKeyId>> key = query_id<ProviderKeyId>(request, "key_id");
  if (!key) return std::unexpected(key.error());
  Result<std::optional<std::string>> provider = query_text(request, "provider");
  if (!provider) return std::unexpected(provider.error());
  query.days = *days;
  query.from = *from;
  query.to = *to;
  query.group_by = *group_by;
  query.account_id = *account;
  query.key_id = *key;
  query.provider = std::move(*provider);
  return query;
}

}  // namespace

Task<Result<Reply>> get_usage(const Services* services, Call call) {
  Result<service::UsageQuery> query = usage_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<service::UsageReport> report = co_await services->reports->report(std::move(*query));
  if (!report) co_return std::unexpected(report.error());
  co_return ok(*report);
}

}  // namespace keyledger::api
