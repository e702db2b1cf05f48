// net/request_reader.h: bytes in, requests out. Knows no socket and no clock, so that it can be tested and fuzzed.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "net/chunks.h"
#include "net/framing.h"
#include "net/host_check.h"
#include "net/router.h"
#include "net/server.h"

namespace keyledger::net {

/// The bytes of a connection that are not understood yet, in one reused piece of memory.
class InputBuffer {
 public:
  [[nodiscard]] std::string_view unread() const { return {data_.get() + begin_, end_ - begin_}; }
  /// Room for at least `bytes_min` more.
  [[nodiscard]] std::span<char> space(std::size_t bytes_min);
  void commit(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes);

 private:
  std::unique_ptr<char[]> data_{};
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0, end_ = 0;
};

/// What all readers of a server share. `hosts` is null where any Host is right (the local socket).
struct ReaderRules {
  const Router* router = nullptr;
  const ServerLimits* limits = nullptr;
  const HostCheck* hosts = nullptr;
};

/// Reads the requests of one connection, one after the other.
class RequestReader {
 public:
  enum class State { needs_header, needs_body, ready, refused };

  explicit RequestReader(ReaderRules rules) : rules_(rules) {}

  /// Where to put what the socket gives; then `commit` how much it was, and `advance`.
  [[nodiscard]] std::span<char> space();
  void commit(std::size_t bytes) { input_.commit(bytes); }

  /// Understands as much as is there. `ready` and `refused` stay until `take`.
  State advance();

  /// What has come and is not understood yet, and that so much of it was a request that somebody else has understood.
  /// Only while nothing of a request was looked at.
  [[nodiscard]] std::string_view unread() const { return input_.unread(); }
  void skip(std::size_t bytes) { input_.consume(bytes); }

  /// Hands the request over, without peer and deadline, and begins the next. Only when `ready`.
  [[nodiscard]] Request take();

  /// Whether the body of the request that was taken last is to be had piece by piece, since its route wants it so. The
  /// connection ends with such a request, so that what is left of the body is nobody's next request.
  [[nodiscard]] bool body_in_pieces() const { return body_in_pieces_; }
  /// What has come of that body since; empty: commit more, unless `body_complete`. Errors: as for other bodies.
  [[nodiscard]] std::expected<std::string, Refusal> take_piece();
  [[nodiscard]] bool body_complete() const { return chunks_ ? chunks_->done() : body_remaining_ == 0; }

  /// Of the request that is being read, or was taken last: valid from its header on.
  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  /// Only when `refused`.
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

  /// Nothing of a next request has come.
  [[nodiscard]] bool idle() const { return state_ == State::needs_header && input_.unread().empty(); }
  /// The client waits for "100 Continue" before it sends the body. True once.
  [[nodiscard]] bool take_continue();
  [[nodiscard]] bool is_head() const { return request_.method == Method::head; }
  [[nodiscard]] bool has_unread() const { return !input_.unread().empty(); }

 private:
  State advance_header();
  State advance_body();
  std::expected<void, Refusal> feed_body(std::string& body);
  State read_head(std::string_view raw);
  State begin_body(const Framing& framing);
  State refuse(const Refusal& refusal);

  ReaderRules rules_;
  InputBuffer input_{};
  State state_ = State::needs_header;
  HeaderSearch search_{};
  Request request_{};
  Refusal refusal_{};
  std::uint64_t body_remaining_ = 0;
  std::optional<ChunkDecoder> chunks_{};
  int version_ = 11;
  bool keep_alive_ = true;
  bool continue_wanted_ = false;
  bool body_in_pieces_ = false;
  std::size_t pieces_bytes_ = 0, pieces_bytes_max_ = 0;
};

}  // namespace keyledger::net
