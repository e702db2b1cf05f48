#include "api/billing/invoice_query.h"

#include "api/listing.h"
#include "api/range.h"

namespace keyledger::api {
namespace {

using billing::InvoiceSort;

std::optional<LocalDay> to_local(const std::optional<Day>& day) {
  return day ? std::optional{LocalDay{day->time_since_epoch()}} : std::nullopt;
}

/// Errors: invalid_argument, reason unknown_value.
Result<bool> query_yes(const net::Request& request, std::string_view name) {
  const std::string_view text = request.query_value(name).value_or("false");
  if (text == "true" || text == "false") return text == "true";
  return fail(Code::invalid_argument, std::string{name} + " is true or false.", "unknown_value", std::string{name});
}

}  // namespace

Result<service::InvoiceQuery> invoice_query(const net::Request& request) {
  using enum InvoiceSort;
  Result<ListPage<InvoiceSort>> page =
      query_page<InvoiceSort>(request, kInvoiceList, {customer, due_at}, ById::newest_first);
  if (!page) return std::unexpected(page.error());
  const Result<std::optional<CustomerId>> owner = query_id<CustomerId>(request, "customer_id");
  if (!owner) return std::unexpected(owner.error());
  const auto state = query_word<billing::InvoiceState>(request, "state");
  if (!state) return std::unexpected(state.error());
  const Result<bool> overdue = query_yes(request, "overdue");
  if (!overdue) return std::unexpected(overdue.error());
  const Result<RangeAsked> range = query_range(request);
  if (!range) return std::unexpected(range.error());
  if (range->from && range->to && *range->from > *range->to) {
    return fail(Code::invalid_argument, "from is after to; turn them round.", "range_reversed", "from");
  }
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  return service::InvoiceQuery{.customer_id = *owner,
                               .state = *state,
                               .from = to_local(range->from),
                               .to = to_local(range->to),
                               .overdue = *overdue,
                               .search = std::move(*search).value_or(""),
                               .page = std::move(*page)};
}

}  // namespace keyledger::api
