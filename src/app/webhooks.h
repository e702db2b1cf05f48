// app/webhooks.h: delivers the warnings of budgets as HTTP requests.
#pragma once

#include "net/client.h"
#include "service/usage/budgets.h"

namespace keyledger::app {

/// A POST of JSON to "https://host/path?query". Errors: those of net::parse_base_url.
[[nodiscard]] Result<net::ClientRequest> webhook_request(std::string_view url);

class Webhooks final : public service::Notifier {
 public:
  /// `client` outlives it.
  explicit Webhooks(const net::Client* client) : client_(client) {}

  /// Errors: those of the client; unavailable, reason webhook_refused, for an answer that is not 2xx.
  [[nodiscard]] runtime::Task<Result<void>> post(std::string url, service::BudgetNotice notice) override;

 private:
  const net::Client* client_;
};

}  // namespace keyledger::app
