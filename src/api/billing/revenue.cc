// What was billed and earned, and who uses and pays most: as JSON and as files.
#include "service/reports/revenue.h"

#include <fmt/format.h>

#include "api/csv.h"
#include "api/handlers.h"
#include "api/query.h"
#include "api/range.h"
#include "api/reports/asked.h"
#include "json/write.h"

namespace keyledger::api {
namespace {

using service::RevenueReport;
using service::RevenueSums;
using service::TopCustomersOrder;
using std::chrono::year_month;

using Row = std::vector<std::string>;

std::string month_text(year_month month) {
  return fmt::format("{:04}-{:02}", static_cast<int>(month.year()), static_cast<unsigned>(month.month()));
}

/// Errors: invalid_argument, reason malformed_month.
Result<std::optional<year_month>> query_month(const net::Request& request, std::string_view name) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  const Result<Day> day = parse_day(std::string{*text} + "-01");
  if (!day) {
    return fail(Code::invalid_argument, fmt::format("{} is a month, such as 2026-11.", name), "malformed_month",
                std::string{name});
  }
  const std::chrono::year_month_day date{std::chrono::sys_days{*day}};
  return date.year() / date.month();
}

Result<service::RevenueQuery> revenue_query(const net::Request& request) {
  const auto from = query_month(request, "from");
  if (!from) return std::unexpected(from.error());
  const auto to = query_month(request, "to");
  if (!to) return std::unexpected(to.error());
  const Result<std::optional<CustomerId>> customer = query_id<CustomerId>(request, "customer_id");
  if (!customer) return std::unexpected(customer.error());
  const Result<std::optional<billing::PlanId>> plan = query_id<billing::PlanId>(request, "plan_id");
  if (!plan) return std::unexpected(plan.error());
  return service::RevenueQuery{*from, *to, *customer, *plan};
}

void write_sums(json::Writer& out, const RevenueSums& sums) {
  json::write(out.name("billed"), Money{sums.currency, sums.billed_nanos});
  json::write(out.name("credited"), Money{sums.currency, sums.credited_nanos});
  json::write(out.name("earned"), Money{sums.currency, sums.earned_nanos});
}

std::string revenue_json(const RevenueReport& report) {
  json::Writer out;
  out.begin_object();
  out.name("from").string(month_text(report.from));
  out.name("to").string(month_text(report.to));
  json::write(out.name("timezone"), report.timezone);
  json::write(out.name("count"), report.count);
  out.name("data").begin_array();
  for (const service::RevenueLine& line : report.data) {
    json::write(out.begin_object().name("customer_id"), line.customer_id);
    json::write(out.name("customer_name"), line.customer_name);
    json::write(out.name("plan_id"), line.plan_id);
    json::write(out.name("plan_name"), line.plan_name);
    out.name("month").string(month_text(line.month));
    write_sums(out, line.sums);
    out.end_object();
  }
  out.end_array().name("months").begin_array();
  for (const service::RevenueMonth& month : report.months) {
    out.begin_object().name("month").string(month_text(month.month));
    write_sums(out, month.sums);
    out.end_object();
  }
  out.end_array().name("totals").begin_array();
  for (const RevenueSums& sums : report.totals) {
    out.begin_object();
    write_sums(out, sums);
    out.end_object();
  }
  out.end_array().end_object();
  return out.take();
}

std::string top_json(const service::TopCustomers& report) {
  json::Writer out;
  json::write(out.begin_object().name("from"), report.from);
  json::write(out.name("to"), report.to);
  json::write(out.name("timezone"), report.timezone);
  json::write(out.name("by"), report.by);
  json::write(out.name("count"), report.count);
  json::write(out.name("total").begin_object().name("calls"), report.calls);
  json::write(out.name("refused"), report.refused);
  json::write(out.name("rentals"), report.rentals);
  out.end_object().name("data").begin_array();
  for (const service::TopCustomer& line : report.data) {
    json::write(out.begin_object().name("customer_id"), line.customer_id);
    json::write(out.name("customer_name"), line.customer_name);
    json::write(out.name("calls"), line.calls);
    json::write(out.name("refused"), line.refused);
    json::write(out.name("rentals"), line.rentals);
    json::write(out.name("revenue"), line.revenue);
    json::write(out.name("share"), line.share);
    out.end_object();
  }
  out.end_array().end_object();
  return out.take();
}

std::vector<Row> rows_of(const RevenueReport& report) {
  std::vector<Row> rows;
  for (const service::RevenueLine& line : report.data) {
    rows.push_back({std::to_string(line.customer_id.value), line.customer_name, std::to_string(line.plan_id.value),
                    line.plan_name, month_text(line.month), to_decimal(line.sums.billed_nanos),
                    to_decimal(line.sums.credited_nanos), to_decimal(line.sums.earned_nanos),
                    std::string{line.sums.currency.text()}});
  }
  return rows;
}

/// A row for each currency, or one without any.
std::vector<Row> rows_of(const service::TopCustomers& report) {
  std::vector<Row> rows;
  for (const service::TopCustomer& line : report.data) {
    const Row row{std::to_string(line.customer_id.value), line.customer_name,           std::to_string(line.calls),
                  std::to_string(line.refused),           std::to_string(line.rentals), std::to_string(line.share)};
    for (std::size_t i = 0; i < std::max<std::size_t>(line.revenue.size(), 1); ++i) {
      Row& made = rows.emplace_back(row);
      const bool paid = i < line.revenue.size();
      made.push_back(paid ? to_decimal(line.revenue[i].nanos) : std::string{});
      made.push_back(paid ? std::string{line.revenue[i].currency.text()} : std::string{});
    }
  }
  return rows;
}

Task<Result<CsvPage>> page_of(std::vector<Row> rows) {
  co_return CsvPage{.rows = std::move(rows)};
}

Task<Result<Reply>> file_of(std::string name, std::vector<std::string> columns, std::vector<Row> rows) {
  return csv_reply(std::move(name), std::move(columns),
                   [rows = std::move(rows)](std::optional<std::string>) { return page_of(rows); });
}

struct TopAsked {
  service::SpanAsked span{};
  TopCustomersOrder by = TopCustomersOrder::revenue;
};

Result<TopAsked> top_query(const net::Request& request) {
  const Result<RangeAsked> range = query_range(request);
  if (!range) return std::unexpected(range.error());
  const auto by = query_word<TopCustomersOrder>(request, "by");
  if (!by) return std::unexpected(by.error());
  return TopAsked{{range->days, range->from, range->to}, by->value_or(TopCustomersOrder::revenue)};
}

}  // namespace

Task<Result<Reply>> get_revenue(const Services* services, Call call) {
  const Result<service::RevenueQuery> query = revenue_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const Result<std::int64_t> limit = report_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<RevenueReport> report = co_await services->revenue_reports->revenue(*query, *limit);
  if (!report) co_return std::unexpected(report.error());
  co_return net::json_reply(200, revenue_json(*report));
}

Task<Result<Reply>> get_revenue_csv(const Services* services, Call call) {
  const Result<service::RevenueQuery> query = revenue_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const Result<RevenueReport> report = co_await services->revenue_reports->revenue(*query, std::nullopt);
  if (!report) co_return std::unexpected(report.error());
  std::string name = fmt::format("revenue_{}_{}.csv", month_text(report->from), month_text(report->to));
  std::vector<std::string> columns{"customer_id", "customer", "plan_id", "plan",    "month",
                                   "billed",      "credited", "earned",  "currency"};
  Result<Reply> reply = co_await file_of(std::move(name), std::move(columns), rows_of(*report));
  co_return reply;
}

Task<Result<Reply>> get_top_customers(const Services* services, Call call) {
  const Result<TopAsked> query = top_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const Result<std::int64_t> limit = report_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const auto report = co_await services->revenue_reports->top_customers(query->span, query->by, *limit);
  if (!report) co_return std::unexpected(report.error());
  co_return net::json_reply(200, top_json(*report));
}

Task<Result<Reply>> get_top_customers_csv(const Services* services, Call call) {
  const Result<TopAsked> query = top_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const auto report = co_await services->revenue_reports->top_customers(query->span, query->by, std::nullopt);
  if (!report) co_return std::unexpected(report.error());
  std::string name = csv_file_name("top-customers", report->from, report->to, report->timezone);
  std::vector<std::string> columns{"customer_id", "customer", "calls",   "refused",
                                   "rentals",     "share",    "revenue", "currency"};
  Result<Reply> reply = co_await file_of(std::move(name), std::move(columns), rows_of(*report));
  co_return reply;
}

}  // namespace keyledger::api
