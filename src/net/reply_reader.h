// net/reply_reader.h: what a server answers to our request, within limits.
#pragma once

#include <memory>
#include <span>

#include "net/client.h"

namespace keyledger::net {

inline constexpr std::size_t kInterimRepliesMax = 8;  // "100 Continue" and its like before the answer

/// Understands the answer to one request; knows no socket.
class ReplyReader {
 public:
  /// `head`: the request was HEAD, so that the answer has no body whatever its header says.
  ReplyReader(bool head, const ClientLimits& limits);
  ~ReplyReader();

  /// Where to put at most `bytes_max` bytes; then `feed` with how many there are.
  [[nodiscard]] std::span<char> space(std::size_t bytes_max);
  /// Errors: unavailable with reason response_too_large or malformed_response.
  [[nodiscard]] Result<void> feed(std::size_t bytes);
  /// The server has closed the connection. That ends a body without a length, and is malformed_response elsewhere.
  [[nodiscard]] Result<void> end();
  /// The error for a connection that broke in the middle.
  [[nodiscard]] std::unexpected<Error> cut_off() const;

  [[nodiscard]] bool done() const;
  [[nodiscard]] bool began() const;
  [[nodiscard]] ClientReply take();  // only when done

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keyledger::net
