// app/provider_http.h: how providers are reached: the HTTP client, and a timer for the pauses.
#pragma once

#include "net/client.h"
#include "providers/provider.h"

namespace keyledger::app {

class ProviderHttp final : public providers::Http {
 public:
  /// `client` outlives it.
  explicit ProviderHttp(const net::Client* client) : client_(client) {}

  [[nodiscard]] runtime::Task<Result<net::ClientReply>> send(net::ClientRequest request) const override {
    Result<net::ClientReply> reply = co_await client_->send(std::move(request));
    co_return reply;
  }
  [[nodiscard]] runtime::Task<void> pause(std::chrono::milliseconds duration) const override {
    return runtime::sleep_for(duration);
  }

 private:
  const net::Client* client_;
};

}  // namespace keyledger::app
