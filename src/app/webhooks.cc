#include "app/webhooks.h"

#include <fmt/format.h>

#include "json/write.h"

namespace keyledger::app {
namespace {

/// A receiver answers with a word, if at all.
constexpr net::ClientLimits kLimits{.connect_time = std::chrono::seconds{5},
                                    .total_time = std::chrono::seconds{10},
                                    .header_bytes_max = 16 << 10,
                                    .body_bytes_max = 64 << 10};

}  // namespace

Result<net::ClientRequest> webhook_request(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?", from), url.size());
  Result<net::BaseUrl> base = net::parse_base_url(url.substr(0, end));
  if (!base) return std::unexpected(base.error());
  net::ClientRequest request;
  request.method = net::Method::post;
  request.base = std::move(*base);
  request.target = url.substr(end);
  if (!request.target.starts_with('/')) request.target.insert(0, "/");
  request.headers.add("Content-Type", "application/json");
  return request;
}

runtime::Task<Result<void>> Webhooks::post(std::string url, service::BudgetNotice notice) {
  Result<net::ClientRequest> request = webhook_request(url);
  if (!request) co_return std::unexpected(request.error());
  request->body = json::to_json(notice);
  Result<net::ClientReply> reply = co_await client_->send(std::move(*request), kLimits);
  if (!reply) co_return std::unexpected(reply.error());
  if (reply->status / 100 == 2) co_return Result<void>{};
  co_return fail(Code::unavailable, fmt::format("The webhook answered {}.", reply->status), "webhook_refused");
}

}  // namespace keyledger::app
