// app/webhook_sender.h: posts what has happened to the endpoints that want to know.
#pragma once

#include "net/client.h"
#include "service/webhooks/webhooks.h"

namespace keyledger::app {

/// {"type": "invoice.finalised", "timestamp": "...", "data": {...}}
[[nodiscard]] std::string webhook_payload(std::string_view type, Instant at,
                                          const std::vector<service::WebhookFact>& data);

class HttpWebhookSender final : public service::WebhookSender {
 public:
  /// `client` outlives it. `private_allowed`: --allow-private-addresses; the client has to know it too.
  HttpWebhookSender(const net::Client* client, bool private_allowed)
      : client_(client), private_allowed_(private_allowed) {}

  [[nodiscard]] runtime::Task<Result<void>> check(std::string url) override;
  [[nodiscard]] runtime::Task<service::WebhookOutcome> post(std::string url, std::string body, std::string message_id,
                                                            std::string timestamp, std::string signature) override;

 private:
  [[nodiscard]] Result<net::ClientRequest> request_for(const std::string& url) const;

  const net::Client* client_;
  bool private_allowed_;
};

}  // namespace keyledger::app
