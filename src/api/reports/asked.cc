#include "api/reports/asked.h"

#include "api/query.h"
#include "api/range.h"

namespace keyledger::api {
namespace {

constexpr std::int64_t kLinesDefault = 20;

}  // namespace

Result<service::CallReportQuery> report_query(const net::Request& request) {
  const Result<RangeAsked> range = query_range(request);
  if (!range) return std::unexpected(range.error());
  Result<std::optional<std::string>> website = query_text(request, "website");
  if (!website) return std::unexpected(website.error());
  const Result<std::optional<CustomerId>> customer = query_id<CustomerId>(request, "customer_id");
  if (!customer) return std::unexpected(customer.error());
  const Result<std::optional<CustomerKeyId>> key = query_id<CustomerKeyId>(request, "key_id");
  if (!key) return std::unexpected(key.error());
  return service::CallReportQuery{.span = {range->days, range->from, range->to},
                                  .website = std::move(*website),
                                  .customer_id = *customer,
                                  .key_id = *key};
}

Result<std::int64_t> report_limit(const net::Request& request) {
  return request.query_value("limit") ? page_limit(request) : kLinesDefault;
}

}  // namespace keyledger::api
