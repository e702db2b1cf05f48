#include "api/csv.h"
#include "api/handlers.h"
#include "api/range.h"
#include "api/replies.h"
#include "api/usage/queries.h"
#include "api/usage/tables.h"

namespace keyledger::api {
namespace {

constexpr std::size_t kRowsPerPage = 500;

/// A page of rows that were all made at once, so that the file is of one moment.
Task<Result<CsvPage>> page_of(std::shared_ptr<const UsageTable> table, std::optional<std::string> cursor) {
  const std::size_t begin = cursor ? static_cast<std::size_t>(std::stoull(*cursor)) : 0;  // written below
  const std::size_t end = std::min(begin + kRowsPerPage, table->rows.size());
  CsvPage page;
  page.rows.assign(table->rows.begin() + static_cast<std::ptrdiff_t>(begin),
                   table->rows.begin() + static_cast<std::ptrdiff_t>(end));
  if (end < table->rows.size()) page.next = std::to_string(end);
  co_return page;
}

Task<Result<Reply>> file_of(std::string name, UsageTable made) {
  const auto table = std::make_shared<const UsageTable>(std::move(made));
  CsvPages pages = [table](std::optional<std::string> cursor) { return page_of(table, std::move(cursor)); };
  std::vector<std::string> columns = table->columns;
  Result<Reply> reply = co_await csv_reply(std::move(name), std::move(columns), std::move(pages));
  co_return reply;
}

}  // namespace

Task<Result<Reply>> get_usage(const Services* services, Call call) {
  Result<service::UsageQuery> query = usage_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<service::UsageReport> report = co_await services->reports->report(std::move(*query));
  if (!report) co_return std::unexpected(report.error());
  co_return ok(*report);
}

Task<Result<Reply>> get_usage_csv(const Services* services, Call call) {
  Result<service::UsageQuery> query = usage_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  if (query->group_by.size() > 1) {
    co_return fail(Code::invalid_argument, "A file has one kind of line; give one word.", "unknown_value", "group_by");
  }
  const bool grouped = !query->group_by.empty();
  query->parts = {grouped ? service::UsagePart::groups : service::UsagePart::series};
  Result<service::UsageReport> report = co_await services->reports->report(std::move(*query));
  if (!report) co_return std::unexpected(report.error());
  std::string name = csv_file_name("usage", report->from, report->to, report->timezone);
  UsageTable table = grouped ? group_table(*report) : day_table(*report);
  Result<Reply> reply = co_await file_of(std::move(name), std::move(table));
  co_return reply;
}

Task<Result<Reply>> get_problems(const Services* services, Call) {
  Result<service::OpenProblems> problems = co_await services->reports->problems();
  if (!problems) co_return std::unexpected(problems.error());
  co_return ok(*problems);
}

Task<Result<Reply>> list_usage_keys_csv(const Services* services, Call call) {
  Result<service::UsageKeyQuery> query = usage_key_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<service::UsageKeys> keys = co_await services->reports->keys(std::move(*query));
  if (!keys) co_return std::unexpected(keys.error());
  std::string name = csv_file_name("usage-keys", keys->from, keys->to, keys->timezone);
  UsageTable table = key_table(*keys);
  Result<Reply> reply = co_await file_of(std::move(name), std::move(table));
  co_return reply;
}

}  // namespace keyledger::api
