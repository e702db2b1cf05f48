// net/plain_stream.h: a connected TCP or Unix socket without TLS, asked only when there is something to be had.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "net/readiness.h"
#include "runtime/waiter.h"

namespace keyledger::net {

/// What became of an attempt to read or write.
struct Moved {
  ErrorCode error{};
  std::size_t bytes = 0;

  [[nodiscard]] bool later() const { return error == asio::error::would_block; }  // nothing to be had just now
};

/// Everything here runs on the thread of the Readiness. At most one coroutine reads and one writes at a time.
class PlainStream final : private Watched {
 public:
  /// Hears that there is input that no coroutine waits for.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_input() = 0;
  };

  /// Takes the connected socket over.
  PlainStream(Readiness* readiness, Socket socket, Listener* listener);
  ~PlainStream() override;
  PlainStream(const PlainStream&) = delete;
  PlainStream& operator=(const PlainStream&) = delete;

  [[nodiscard]] runtime::Executor executor() const { return executor_; }
  [[nodiscard]] bool open() const { return socket_ >= 0; }

  /// Just so. Errors: would_block; eof; the system's.
  [[nodiscard]] Moved read_at_once(std::span<char> room);
  [[nodiscard]] Moved write_at_once(std::string_view bytes);
  /// The same, and waits where nothing is to be had. Errors also: operation_aborted, after `cancel` or `close`.
  [[nodiscard]] runtime::Task<Moved> read_some(std::span<char> room);
  [[nodiscard]] runtime::Task<Moved> write_some(std::string_view bytes);

  [[nodiscard]] runtime::Task<bool> greet() { co_return true; }
  [[nodiscard]] runtime::Task<> say_goodbye() { co_return; }
  [[nodiscard]] runtime::Task<Moved> drain_some(std::span<char> room) { return read_some(room); }

  void cancel();  // whoever waits goes on
  void close();
  void shut_down_sending();
  void reset_when_closed();  // the peer shall see that something is missing

 private:
  struct Waiting final : runtime::Waiter {
    bool cancelled = false;

   private:
    void suspended() override {}
  };

  void on_ready(Ready ready) override;
  /// Waits in `place`, which wake empties; false: cancelled.
  static runtime::Task<bool> wait_in(Waiting** place);
  static void wake(Waiting*& waiting, bool cancelled);

  Readiness* readiness_;
  runtime::Executor executor_;
  Listener* listener_;
  int socket_ = -1;
  std::optional<std::uint32_t> number_{};
  bool readable_ = true;
  bool hung_up_ = false;
  Waiting* reader_ = nullptr;
  Waiting* writer_ = nullptr;
};

}  // namespace keyledger::net
