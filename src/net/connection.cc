#include "net/connection.h"

#include "net/link.h"
#include "net/quick_head.h"

namespace keyledger::net {
namespace {

constexpr std::size_t kExcessMax = 64;  // connections over the limit that still hear why they are refused

/// A connection without TLS. While it rests, and while it answers promptly, there is no coroutine; for any other
/// request one is started, which ends when nothing is left to answer.
class PlainLink final : public Link<PlainStream>, private PlainStream::Listener {
 public:
  PlainLink(Roster* roster, Socket socket, Peer peer)
      : Link(roster, std::move(peer), &roster->readiness(), std::move(socket),
             static_cast<PlainStream::Listener*>(this)) {}

  static void begin(const std::shared_ptr<PlainLink>& self) {
    self->self_ = self;
    self->busy_ = false;
    self->proceed();
  }

  void drop() override {
    end();
    self_.reset();
  }

 private:
  /// What a prompt call's waiter wakes.
  struct Committed {
    using executor_type = runtime::Executor;
    [[nodiscard]] executor_type get_executor() const noexcept { return link->stream_.executor(); }
    void operator()() const { link->committed(); }
    std::shared_ptr<PlainLink> link;
  };

  void on_input() override {
    if (!busy_) proceed();
  }
  void on_left() override { self_.reset(); }
  [[nodiscard]] bool rests() const override { return true; }
  void cancel() override;

  void proceed();
  [[nodiscard]] bool begin_prompt();
  [[nodiscard]] bool serves(std::string_view host);
  void committed();
  void over();
  void spawn(Task<> task, const char* name);
  static Task<> serve_otherwise(std::shared_ptr<PlainLink> self);
  static Task<> send_rest(std::shared_ptr<PlainLink> self, bool keep_alive);
  static Task<> finish_resting(std::shared_ptr<PlainLink> self);

  std::shared_ptr<PlainLink> self_{};  // nobody else holds a connection that rests; until it has left
  bool busy_ = true;                   // a coroutine or a prompt call has the connection
  const Route* route_ = nullptr;       // what prompt_ is for
  std::unique_ptr<PromptCall> prompt_{};
  std::size_t head_bytes_ = 0;  // of the request that prompt_ answers
  std::string host_{};          // the last one that was right
};

/// With nothing in work. The connection may be gone when this returns.
void PlainLink::proceed() {
  if (!reader_.has_unread()) {
    if (shared_->stopping) return cancel();
    const Moved moved = stream_.read_at_once(reader_.space());
    if (moved.later()) {
      if (phase_ != Phase::idle) enter(Phase::idle, shared_->limits.idle_time);
      return;
    }
    if (moved.error) return over();
    reader_.commit(moved.bytes);
  }
  if (!begin_prompt()) spawn(serve_otherwise(std::static_pointer_cast<PlainLink>(shared_from_this())), "connection");
}

bool PlainLink::begin_prompt() {
  QuickHead head;
  if (!read_quick_head(reader_.unread(), head)) return false;
  const Route* const route = shared_->router->prompt(head.path);
  if (route == nullptr || !serves(head.host)) return false;
  if (route != route_) {
    prompt_ = route->prompt();
    route_ = route;
  }
  runtime::Waiter* const waiter = prompt_->begin({head.query, head.all_fields(), &peer_});
  if (waiter == nullptr) return false;
  head_bytes_ = head.bytes;
  busy_ = true;
  enter(Phase::answering, shared_->limits.answer_time);
  waiter->then(Committed{self_});
  return true;
}

bool PlainLink::serves(std::string_view host) {
  if (host == host_) return true;
  const bool right = is_host_and_port(host) && (peer_.local_socket || shared_->hosts.allows(host));
  if (right) host_ = host;
  return right;
}

void PlainLink::committed() {
  if (abandoned_) return;
  const bool keep_alive = !shared_->stopping;
  PromptAnswer answer(output_, {.keep_alive = keep_alive});
  prompt_->answer(answer);
  reader_.skip(head_bytes_);
  if (!write_at_once() || !keep_alive) {
    spawn(send_rest(self_, keep_alive), "rest of an answer");
    return;
  }
  busy_ = false;
  proceed();
}

void PlainLink::over() {
  end();
  leave();
}

void PlainLink::spawn(Task<> task, const char* name) {
  busy_ = true;
  runtime::spawn(stream_.executor(), std::move(task), name);
}

/// Also ends a connection that rests, as the peer would see it from a coroutine.
void PlainLink::cancel() {
  if (busy_) {
    stream_.cancel();
  } else {
    spawn(finish_resting(self_), "end of a connection");
  }
}

Task<> PlainLink::serve_otherwise(std::shared_ptr<PlainLink> self) {
  const bool open = co_await self->serve_requests();
  if (self->abandoned_) co_return self->self_.reset();  // whoever has taken over holds it
  if (!open) co_return self->over();
  self->busy_ = false;
  self->proceed();
}

Task<> PlainLink::send_rest(std::shared_ptr<PlainLink> self, bool keep_alive) {
  const bool written = co_await self->write();
  if (!written) co_return self->over();
  if (!keep_alive) {
    co_await self->finish();
    co_return self->over();
  }
  self->busy_ = false;
  self->proceed();
}

Task<> PlainLink::finish_resting(std::shared_ptr<PlainLink> self) {
  co_await self->finish();
  self->over();
}

void serve_plain(Roster* roster, Socket socket, Peer peer, bool excess) {
  const runtime::Executor executor = socket.get_executor();
  auto link = std::make_shared<PlainLink>(roster, std::move(socket), std::move(peer));
  if (excess) {
    runtime::spawn(executor, PlainLink::run_excess(std::move(link)), "connection over the limit");
  } else {
    PlainLink::begin(link);
  }
}

void serve_tls(Roster* roster, Socket socket, Peer peer) {
  const runtime::Executor executor = socket.get_executor();
  peer.tls = true;
  auto link = std::make_shared<Link<TlsStream>>(roster, std::move(peer), *roster->shared().tls, std::move(socket));
  runtime::spawn(executor, Link<TlsStream>::run(std::move(link)), "connection");
}

}  // namespace

void serve(Roster* roster, Socket socket, Peer peer) {
  const std::size_t open = roster->shared().open;
  const std::size_t most = roster->shared().limits.connections_max;
  const bool tls = roster->shared().tls != nullptr && !peer.local_socket;
  const bool excess = open >= most;
  if (open >= most + kExcessMax || (excess && tls)) return;
  if (tls) {
    serve_tls(roster, std::move(socket), std::move(peer));
  } else {
    serve_plain(roster, std::move(socket), std::move(peer), excess);
  }
}

}  // namespace keyledger::net
