#include "net/server.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>
#include <thread>

#include "base/log.h"
#include "net/address.h"
#include "net/connection.h"
#include "net/listener.h"
#include "net/tls.h"

namespace keyledger::net {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr milliseconds kAcceptPause{100};  // when there are no file descriptors left
constexpr milliseconds kEndTime{1'000};    // for connections that were ended to notice it

// One I/O thread. The order of the members is the order in which they may die: connections that are destroyed with the
// io_context leave the roster, and acceptors need the io_context.
struct Worker {
  explicit Worker(Shared* shared) : roster(shared) { roster.employ(context); }
  ~Worker() { roster.retire(); }

  Roster roster;
  asio::io_context context{1};
  std::vector<TcpAcceptor> tcp{};
  std::vector<LocalAcceptor> local{};
  std::optional<asio::executor_work_guard<runtime::Executor>> work{};
  std::thread thread{};
};

// Whether to go on after a failed accept. Being out of descriptors passes; the rest is the peer's doing.
Task<bool> after_failed_accept(Worker* worker, ErrorCode error) {
  if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return false;
  if (worker->roster.shared().stopping) co_return false;
  if (error == asio::error::connection_aborted) co_return true;
  log::warn("a connection could not be accepted", {{"what", error.message()}});
  co_await runtime::sleep_for(kAcceptPause);
  co_return true;
}

Task<> accept_tcp(Worker* worker, TcpAcceptor* acceptor) {
  tcp::endpoint from;
  for (;;) {
    auto [error, socket] = co_await acceptor->async_accept(from, kAsTuple);
    if (error) {
      const bool go_on = co_await after_failed_accept(worker, error);
      if (!go_on) co_return;
      continue;
    }
    ErrorCode ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    Peer peer;
    peer.address = unmapped(from.address()).to_string();
    serve(&worker->roster, Socket(std::move(socket)), std::move(peer));
  }
}

Task<> accept_local(Worker* worker, LocalAcceptor* acceptor) {
  for (;;) {
    auto [error, socket] = co_await acceptor->async_accept(kAsTuple);
    if (error) {
      const bool go_on = co_await after_failed_accept(worker, error);
      if (!go_on) co_return;
      continue;
    }
    Peer peer;
    peer.local_socket = true;
    serve(&worker->roster, Socket(std::move(socket)), std::move(peer));
  }
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions server_options, const Router* router);

  Result<void> open();
  void run();
  bool wait_until_empty(milliseconds at_most);
  void on_each(void (*action)(Worker&));
  void remove_socket_file() const;

  ServerOptions options;
  Shared shared;
  std::vector<std::unique_ptr<Worker>> workers{};
  std::uint16_t port = 0;
  ino_t socket_inode = 0;
  std::mutex state_mutex{};
  bool running = false;
};

Server::Impl::Impl(ServerOptions server_options, const Router* router)
    : options(std::move(server_options)),
      shared(router, options.limits, HostCheck(options.address, options.host_names)) {
  check_invariant(options.threads > 0, "a server has at least one thread");
  for (std::size_t i = 0; i < options.threads; ++i) workers.push_back(std::make_unique<Worker>(&shared));
}

Result<void> Server::Impl::open() {
  if (!options.certificate_file.empty() || !options.key_file.empty()) {
    auto tls = server_tls(options.certificate_file, options.key_file);
    if (!tls) return std::unexpected(tls.error());
    shared.tls = std::move(*tls);
  }
  Result<tcp::endpoint> endpoint = listen_endpoint(options.address, options.port);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (Result<void> free = check_free(*endpoint); !free) return free;
  for (const std::unique_ptr<Worker>& worker : workers) {
    Result<TcpAcceptor> acceptor = listen_tcp(worker->context.get_executor(), *endpoint);
    if (!acceptor) return std::unexpected(acceptor.error());
    ErrorCode ignored;
    endpoint->port(acceptor->local_endpoint(ignored).port());  // the first one's, where any free port was asked for
    worker->tcp.push_back(std::move(*acceptor));
  }
  port = endpoint->port();
  if (options.socket_path.empty()) return {};
  Worker& first = *workers.front();
  Result<LocalAcceptor> acceptor = listen_local(first.context.get_executor(), options.socket_path);
  if (!acceptor) return std::unexpected(acceptor.error());
  first.local.push_back(std::move(*acceptor));
  struct stat status {};
  if (::lstat(options.socket_path.c_str(), &status) == 0) socket_inode = status.st_ino;
  return {};
}

void Server::Impl::run() {
  for (const std::unique_ptr<Worker>& worker : workers) {
    const runtime::Executor executor = worker->context.get_executor();
    for (TcpAcceptor& acceptor : worker->tcp) runtime::spawn(executor, accept_tcp(worker.get(), &acceptor), "accept");
    for (LocalAcceptor& acceptor : worker->local) {
      runtime::spawn(executor, accept_local(worker.get(), &acceptor), "accept on the socket");
    }
    worker->work.emplace(executor);
    worker->thread = std::thread([context = &worker->context] { context->run(); });
  }
}

void Server::Impl::on_each(void (*action)(Worker&)) {
  for (const std::unique_ptr<Worker>& worker : workers) {
    asio::post(worker->context.get_executor(), [action, w = worker.get()] { action(*w); });
  }
}

void Server::Impl::remove_socket_file() const {
  if (socket_inode == 0) return;
  struct stat status {};
  // Somebody may have put another file there meanwhile.
  if (::lstat(options.socket_path.c_str(), &status) != 0 || status.st_ino != socket_inode) return;
  ::unlink(options.socket_path.c_str());
}

bool Server::Impl::wait_until_empty(milliseconds at_most) {
  std::unique_lock lock(shared.mutex);
  return shared.closed.wait_for(lock, at_most, [this] { return shared.open == 0; });
}

Server::Server(ServerOptions options, const Router* router)
    : impl_(std::make_unique<Impl>(std::move(options), router)) {}

Server::~Server() {
  stop();
}

Result<void> Server::start() {
  const std::lock_guard lock(impl_->state_mutex);
  check_invariant(!impl_->running && !impl_->shared.stopping, "a server starts once");
  if (Result<void> opened = impl_->open(); !opened) {
    for (const std::unique_ptr<Worker>& worker : impl_->workers) worker->tcp.clear();
    return opened;
  }
  impl_->run();
  impl_->running = true;
  return {};
}

void Server::stop() {
  const std::lock_guard lock(impl_->state_mutex);
  if (!impl_->running) return;
  impl_->running = false;
  impl_->shared.stopping = true;
  impl_->remove_socket_file();
  impl_->on_each([](Worker& worker) {
    ErrorCode ignored;
    for (TcpAcceptor& acceptor : worker.tcp) acceptor.close(ignored);
    for (LocalAcceptor& acceptor : worker.local) acceptor.close(ignored);
    worker.roster.stop_all();
  });
  if (!impl_->wait_until_empty(impl_->options.limits.stop_time)) {
    log::warn("connections were cut off, since they did not end in time", {{"count", connections()}});
    impl_->on_each([](Worker& worker) { worker.roster.end_all(); });
    impl_->wait_until_empty(kEndTime);
  }
  for (const std::unique_ptr<Worker>& worker : impl_->workers) {
    worker->work.reset();
    worker->context.stop();
    worker->thread.join();
  }
}

std::uint16_t Server::port() const {
  return impl_->port;
}

runtime::Executor Server::executor() {
  return impl_->workers.front()->context.get_executor();
}

std::size_t Server::connections() const {
  return impl_->shared.open;
}

}  // namespace keyledger::net
