#include "api/handlers.h"
#include "api/listing.h"

namespace keyledger::api {
namespace {

using service::AuditLine;
using service::AuditQuery;
using service::AuditSort;

constexpr std::string_view kList = "audit";

/// The newest lines come first where nothing else is said.
Result<ListPage<AuditSort>> audit_page(const net::Request& request) {
  using enum AuditSort;
  Result<ListPage<AuditSort>> page = query_page<AuditSort>(request, kList, {actor, action, subject});
  if (page && !page->sort && !request.query_value("order")) page->descending = true;
  return page;
}

Result<AuditQuery> audit_query(const net::Request& request) {
  AuditQuery query;
  Result<ListPage<AuditSort>> page = audit_page(request);
  if (!page) return std::unexpected(page.error());
  const auto kind = query_word<service::ActorKind>(request, "actor_kind");
  if (!kind) return std::unexpected(kind.error());
  const Result<std::optional<Instant>> from = query_instant(request, "from");
  if (!from) return std::unexpected(from.error());
  const Result<std::optional<Instant>> to = query_instant(request, "to");
  if (!to) return std::unexpected(to.error());
  if (*from && *to && **from > **to) {
    return fail(Code::invalid_argument, "from is after to; turn them round.", "range_reversed", "from");
  }
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  query.page = std::move(*page);
  query.actor_kind = *kind;
  query.from = *from;
  query.to = *to;
  query.search = std::move(*search).value_or("");
  for (auto [name, into] : {std::pair{"actor", &query.actor}, {"action", &query.action}, {"subject", &query.subject}}) {
    Result<std::optional<std::string>> text = query_text(request, name);
    if (!text) return std::unexpected(text.error());
    *into = std::move(*text);
  }
  return query;
}

std::vector<std::string> cells_of(const AuditLine& line) {
  std::string details;
  for (const auto& [name, value] : line.details) details += (details.empty() ? "" : "; ") + name + ": " + value;
  return {std::to_string(line.id),
          to_rfc3339(line.at),
          line.actor_kind,
          line.actor_name,
          line.address,
          line.action,
          line.subject,
          line.subject_name.value_or(""),
          details,
          line.hash};
}

}  // namespace

Task<Result<Reply>> list_audit(const Services* services, Call call) {
  Result<AuditQuery> query = audit_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<Listed<AuditLine>> lines = co_await services->audit->list(std::move(*query));
  if (!lines) co_return std::unexpected(lines.error());
  co_return listed_reply(call.request, kList, *lines);
}

Task<Result<Reply>> list_audit_csv(const Services* services, Call call) {
  Result<AuditQuery> query = audit_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  CsvListing<AuditQuery, AuditLine> table{
      "audit.csv",
      {"id", "at", "actor_kind", "actor", "address", "action", "subject", "subject_name", "details", "hash"},
      [](const Services* from, AuditQuery page) { return from->audit->list(std::move(page)); },
      &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
}

Task<Result<Reply>> get_audit_state(const Services* services, Call) {
  Result<service::AuditVerification> last = co_await services->audit->last();
  if (!last) co_return std::unexpected(last.error());
  co_return ok(*last);
}

Task<Result<Reply>> verify_audit(const Services* services, Call) {
  Result<service::AuditState> state = co_await services->audit->verify();
  if (!state) co_return std::unexpected(state.error());
  co_return ok(*state);
}

}  // namespace keyledger::api
