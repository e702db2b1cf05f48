#include "api/handlers.h"
#include "api/query.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

Result<service::AuditQuery> audit_query(const net::Request& request) {
  service::AuditQuery query;
  const Result<std::int64_t> limit = page_limit(request);
  if (!limit) return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> before = read_cursor(request, "audit");
  if (!before) return std::unexpected(before.error());
  const Result<std::optional<Instant>> from = query_instant(request, "from");
  if (!from) return std::unexpected(from.error());
  const Result<std::optional<Instant>> to = query_instant(request, "to");
  if (!to) return std::unexpected(to.error());
  if (*from && *to && **from > **to) {
    return fail(Code::invalid_argument, "from is after to; turn them round.", "range_reversed", "from");
  }
  query.limit = *limit;
  query.before = *before;
  query.from = *from;
  query.to = *to;
  for (auto [name, into] : {std::pair{"actor", &query.actor}, {"action", &query.action}, {"subject", &query.subject}}) {
    Result<std::optional<std::string>> text = query_text(request, name);
    if (!text) return std::unexpected(text.error());
    *into = std::move(*text);
  }
  return query;
}

}  // namespace

Task<Result<Reply>> list_audit(const Services* services, Call call) {
  Result<service::AuditQuery> query = audit_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const std::int64_t limit = query->limit;
  Result<std::vector<service::AuditLine>> lines = co_await services->audit->list(std::move(*query));
  if (!lines) co_return std::unexpected(lines.error());
  co_return list(*lines, limit, [](const service::AuditLine& line) { return make_cursor("audit", line.id); });
}

Task<Result<Reply>> verify_audit(const Services* services, Call) {
  Result<service::AuditState> state = co_await services->audit->verify();
  if (!state) co_return std::unexpected(state.error());
  co_return ok(*state);
}

}  // namespace keyledger::api
