#include "app/transport.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "app/data_folder.h"
#include "base/log.h"
#include "runtime/run.h"

namespace keyledger::app {
namespace {

using net::ClientReply;
using net::ClientRequest;

// A key test waits for a provider, which may take its 30 seconds, and more with retries.
constexpr std::chrono::minutes kAnswerTime{3};

net::ClientLimits limits() {
  net::ClientLimits limits;
  limits.total_time = kAnswerTime;
  return limits;
}

ClientRequest make_request(net::Method method, std::string target, std::string body, net::Headers headers) {
  ClientRequest request;
  request.method = method;
  request.target = std::move(target);
  request.body = std::move(body);
  request.headers = std::move(headers);
  return request;
}

class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(std::filesystem::path socket) : socket_(std::move(socket)), client_(net::ClientOptions{}) {}

  Result<ClientReply> call(net::Method method, std::string target, std::string body, net::Headers headers) override {
    ClientRequest request = make_request(method, std::move(target), std::move(body), std::move(headers));
    request.base.tls = false;
    request.base.host = "localhost";
    request.base.port = 80;
    return runtime::run(client_.send_local(socket_, std::move(request), limits()));
  }

 private:
  std::filesystem::path socket_;
  net::Client client_;
};

class ServerTransport final : public Transport {
 public:
  ServerTransport(net::ClientOptions options, net::BaseUrl base, Secret token)
      : client_(std::move(options)), base_(std::move(base)), token_(std::move(token)) {}

  Result<ClientReply> call(net::Method method, std::string target, std::string body, net::Headers headers) override {
    ClientRequest request = make_request(method, std::move(target), std::move(body), std::move(headers));
    request.base = base_;
    if (!token_.empty()) {
      request.secret_header = "Authorization";
      request.secret_prefix = "Bearer ";
      request.secret = token_.copy();
    }
    return runtime::run(client_.send(std::move(request), limits()));
  }

 private:
  net::Client client_;
  net::BaseUrl base_;
  Secret token_;
};

}  // namespace

std::unique_ptr<Transport> socket_transport(const Settings& settings) {
  return std::make_unique<SocketTransport>(socket_file(settings));
}

Result<std::unique_ptr<Transport>> server_transport(const Settings& settings, const std::string& server, Secret token) {
  Result<net::BaseUrl> base = net::parse_base_url(server);
  if (!base) return std::unexpected(base.error());
  net::ClientOptions options;
  options.ca_file = settings.ca_file;
  options.allow_private_addresses = true;  // the person named the server
  return std::make_unique<ServerTransport>(std::move(options), std::move(*base), std::move(token));
}

bool server_runs(const Settings& settings) {
  const std::string path = socket_file(settings).string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool connected = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(descriptor);
  return connected;
}

}  // namespace keyledger::app
