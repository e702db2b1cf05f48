// app/transport.h: how the command line reaches the REST API: through the socket of the server that runs, over the
// network, or inside this process when none runs. The answers are the same.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/settings.h"
#include "net/client.h"
#include "net/router.h"

namespace keyledger::app {

class Transport {
 public:
  virtual ~Transport() = default;
  /// One request; blocks. `target` is "/api/keys?limit=1", percent-encoded. Any status is an answer.
  /// Errors: unavailable (nobody answers); those of opening the data folder.
  [[nodiscard]] virtual Result<net::ClientReply> call(net::Method method, std::string target, std::string body,
                                                      net::Headers headers) = 0;
};

/// Through keyledger.sock.
[[nodiscard]] std::unique_ptr<Transport> socket_transport(const Settings& settings);

/// To a server elsewhere, with an admin token. Errors: invalid_argument (malformed_base_url, insecure_base_url).
[[nodiscard]] Result<std::unique_ptr<Transport>> server_transport(const Settings& settings, const std::string& server,
                                                                  Secret token);

/// Opens the data folder in this process. `first_password` is called with the owner's password when this made it.
/// Errors: those of Application::open.
[[nodiscard]] Result<std::unique_ptr<Transport>> inside_transport(
    const Settings& settings, const std::function<void(const Secret&)>& first_password);

/// Asks a router directly, on a thread of its own. `router` outlives it; work that a request left behind has ended when
/// it is destroyed.
[[nodiscard]] std::unique_ptr<Transport> router_transport(const net::Router* router);

/// Whether a server listens on the data folder's socket.
[[nodiscard]] bool server_runs(const Settings& settings);

}  // namespace keyledger::app
