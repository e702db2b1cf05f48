// net/connection.h: one connection of the server, from its first byte to its last.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/host_check.h"
#include "net/readiness.h"
#include "net/request_reader.h"
#include "net/server.h"
#include "net/stream.h"

namespace keyledger::net {

/// What all connections of a server share. It outlives them.
struct Shared {
  Shared(const Router* routes, ServerLimits most, HostCheck names)
      : router(routes), limits(most), hosts(std::move(names)) {}

  const Router* router;
  ServerLimits limits;
  HostCheck hosts;
  std::unique_ptr<asio::ssl::context> tls{};  // null: plain
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> open = 0;
  std::mutex mutex{};
  std::condition_variable closed{};  // notified while stopping, when a connection is gone
};

class Connection;

/// The connections of one I/O thread, and the hand that goes round and ends those that are late. One timer serves all
/// of them: a timer for each would be set and cancelled several times a request.
/// Everything here runs on that thread.
class Roster {
 public:
  explicit Roster(Shared* shared);

  /// The roster outlives the io_context, since connections that die with it still leave the roster; what it has of the
  /// io_context must not.
  void employ(asio::io_context& context);
  /// Lets go of all connections, too. The io_context runs no more.
  void retire();

  void add(Connection* connection);
  void remove(Connection* connection);
  void stop_all();  // idle ones end, others after their answer
  void end_all();   // now

  [[nodiscard]] Shared& shared() const { return *shared_; }
  [[nodiscard]] Readiness& readiness() { return *readiness_; }

 private:
  void arm();
  void go_round();

  Shared* shared_;
  std::vector<Connection*> connections_{};
  std::chrono::milliseconds tick_;
  std::optional<runtime::Timer> timer_{};
  std::optional<Readiness> readiness_{};
  bool armed_ = false;
};

/// What the roster needs to know of a connection, whatever it runs on.
class Connection {
 public:
  Connection(Roster* roster, Peer peer);
  virtual ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void check_deadline(SteadyTime now);
  void begin_stop();
  void cut_off();
  virtual void end() = 0;         // closes the socket
  virtual void drop() { end(); }  // nothing runs any more

  std::size_t roster_index = 0;

 protected:
  // streaming and fetching both wait for the next piece of an answer: of one that never ends by itself, and of one
  // that does and has to be whole.
  enum class Phase { handshake, idle, reading, answering, writing, streaming, fetching, closing };

  /// What the connection does from now on, and for how long it may.
  void enter(Phase phase, std::chrono::milliseconds at_most);
  /// The connection is over for the server, even if a handler still has its frame.
  void leave();
  virtual void cancel() = 0;      // ends what waits on the socket
  virtual void abandon() = 0;     // the handler is late: answers 503 in its stead
  virtual void end_stream() = 0;  // the server stops while an endless stream waits for its next piece
  virtual void on_left() {}       // the last thing that `leave` does

  Roster* roster_;
  Shared* shared_;
  Peer peer_;
  RequestReader reader_;
  std::string output_{};
  Phase phase_ = Phase::idle;
  SteadyTime deadline_{};
  bool expired_ = false;    // the deadline passed and what waited was cancelled
  bool abandoned_ = false;  // whoever resumes has nothing to do any more
  bool left_ = false;
};

/// Serves `socket` until it ends. On the roster's thread.
void serve(Roster* roster, Socket socket, Peer peer);

}  // namespace keyledger::net
