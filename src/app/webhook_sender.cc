#include "app/webhook_sender.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/webhooks.h"
#include "json/write.h"
#include "net/address.h"

namespace keyledger::app {
namespace {

constexpr std::size_t kUrlMax = 2'048;
constexpr std::chrono::milliseconds kNamePatience{3'000};
/// A receiver answers with a word, if at all.
constexpr net::ClientLimits kLimits{.connect_time = std::chrono::seconds{5},
                                    .total_time = std::chrono::seconds{15},
                                    .header_bytes_max = 32 << 10,
                                    .body_bytes_max = 1 << 20};

std::unexpected<Error> refused(std::string message, std::string reason) {
  return fail(Code::invalid_argument, std::move(message), std::move(reason), "url");
}

std::unexpected<Error> private_address(std::string_view host) {
  return refused(fmt::format("{} is this machine or leads into a private network. If that is meant, start the server "
                             "with --allow-private-addresses.",
                             host),
                 "private_address");
}

}  // namespace

std::string webhook_payload(std::string_view type, Instant at, const std::vector<service::WebhookFact>& data) {
  json::Writer out;
  out.begin_object();
  out.name("type").string(type);
  out.name("timestamp").string(to_rfc3339(at));
  out.name("data").begin_object();
  for (const service::WebhookFact& fact : data) {
    out.name(fact.name);
    const auto write = [&out](const auto& value) {
      if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::nullptr_t>) {
        out.null();
      } else {
        json::write(out, value);
      }
    };
    std::visit(write, fact.value);
  }
  out.end_object().end_object();
  return out.take();
}

/// What can be told from the address alone.
Result<net::ClientRequest> HttpWebhookSender::request_for(const std::string& url) const {
  const bool plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
  if (url.empty() || url.size() > kUrlMax || !plain) {
    return refused("The address has 1 to 2,048 ASCII characters, with no blanks and no # among them.", "malformed_url");
  }
  Result<net::ClientRequest> request = webhook_request(url);
  if (!request && request.error().reason == "insecure_base_url") {
    return refused("Plain http goes to this machine only; use https.", "insecure_url");
  }
  if (!request) {
    return refused("The address begins with https:// and names a host, and no user before it.", "malformed_url");
  }
  if (!private_allowed_ && net::is_loopback_host(request->base.host)) return private_address(request->base.host);
  return request;
}

runtime::Task<Result<void>> HttpWebhookSender::check(std::string url) {
  const Result<net::ClientRequest> request = request_for(url);
  if (!request) co_return std::unexpected(request.error());
  if (private_allowed_) co_return Result<void>{};
  const Result<void> reached = co_await client_->check_address(request->base, kNamePatience);
  // A name that cannot be resolved now may be later: each attempt looks again.
  if (!reached && reached.error().reason == "private_address") co_return private_address(request->base.host);
  co_return Result<void>{};
}

runtime::Task<service::WebhookOutcome> HttpWebhookSender::post(std::string url, std::string body,
                                                               std::string message_id, std::string timestamp,
                                                               std::string signature) {
  Result<net::ClientRequest> request = request_for(url);
  if (!request) co_return service::WebhookOutcome{{}, request.error().message};
  request->body = std::move(body);
  request->headers.set("webhook-id", message_id);
  request->headers.set("webhook-timestamp", timestamp);
  request->headers.set("webhook-signature", signature);
  const Result<net::ClientReply> reply = co_await client_->send(std::move(*request), kLimits);
  if (!reply) co_return service::WebhookOutcome{{}, reply.error().message};
  service::WebhookOutcome outcome{reply->status, {}};
  if (reply->status / 100 != 2) outcome.error = fmt::format("The receiver answered {}.", reply->status);
  co_return outcome;
}

}  // namespace keyledger::app
