// net/link.h: what a connection of the server does, whatever it runs on: reads requests, has them answered, writes.
#pragma once

#include <type_traits>

#include "base/log.h"
#include "net/answer.h"
#include "net/connection.h"
#include "net/tls_stream.h"

namespace keyledger::net {

inline constexpr std::chrono::milliseconds kLingerTime{2'000};  // for a peer to read the last answer and hang up
inline constexpr std::size_t kLingerBytesMax = 64 << 20;  // of a body that nobody wants; reading it saves the answer
inline constexpr std::size_t kScratchBytes = 16 << 10;
inline constexpr std::size_t kOutputBytesKept = 64 << 10;
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

inline std::unexpected<Error> body_broken_off() {
  return fail(Code::unavailable, "The request took too long to arrive, or broke off.", "request_timeout");
}

inline Error error_of(const Refusal& refusal) {
  return {refusal.status == 413 ? Code::too_large : Code::invalid_argument, std::string{refusal.detail},
          std::string{refusal.code}};
}

/// The body of a request, read from the connection when the handler asks. It may outlive the connection.
template <typename L>
class IncomingBody final : public BodySource {
 public:
  explicit IncomingBody(std::weak_ptr<L> link) : link_(std::move(link)) {}

  Task<Result<std::optional<std::string>>> next() override {
    const std::shared_ptr<L> link = link_.lock();
    if (link == nullptr) co_return body_broken_off();
    Result<std::optional<std::string>> piece = co_await link->next_incoming();
    co_return piece;
  }

 private:
  std::weak_ptr<L> link_;
};

/// A connection whose coroutines are here. `Stream` is PlainStream or TlsStream.
template <typename Stream>
class Link : public Connection, public std::enable_shared_from_this<Link<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;
  using State = RequestReader::State;

  template <typename... Args>
  Link(Roster* roster, Peer peer, Args&&... stream)
      : Connection(roster, std::move(peer)), stream_(std::forward<Args>(stream)...) {}

  static Task<> run(std::shared_ptr<Link> self) {
    const bool greeted = co_await self->stream_.greet();
    if (greeted) [[maybe_unused]]
      const bool open = co_await self->serve_requests();
  }

  static Task<> run_excess(std::shared_ptr<Link> self) {
    const Refusal refusal{503, "too_many_connections", "The server has as many connections as it takes. Try later."};
    co_await self->refuse(refusal);
  }

  void end() override { stream_.close(); }

  /// What has come of a body that is taken in pieces; nothing at its end. Waits no longer for a piece than otherwise
  /// for a whole body. Errors: unavailable, reason request_timeout; those of the reader.
  Task<Result<std::optional<std::string>>> next_incoming();

 protected:
  /// Answers one request after the other. True: what has come is answered, and the connection may rest until there is
  /// more (only where `rests` says so); false: it is over.
  Task<bool> serve_requests();
  Task<> finish();
  bool write_at_once();
  Task<bool> write();
  void cancel() override { stream_.cancel(); }
  [[nodiscard]] virtual bool rests() const { return false; }

  Stream stream_;

 private:
  void abandon() override {
    abandoned_ = true;
    runtime::spawn(stream_.executor(), refuse_late(this->shared_from_this()), "refuse a late answer");
  }

  void end_stream() override {
    abandoned_ = true;
    runtime::spawn(stream_.executor(), close_stream(this->shared_from_this()), "end an endless stream");
  }

  Task<State> read_request();
  void wait_for(State state);
  Task<bool> answer_request();
  Task<> refuse(Refusal refusal);
  Task<> stream_body(Reply reply, AnswerForm form);
  Task<bool> send_pieces(std::shared_ptr<BodySource> source);
  static Task<Result<std::optional<std::string>>> next_piece(std::shared_ptr<BodySource> source);
  void cut_short();
  static Task<> watch_peer(std::shared_ptr<Link> self);
  static Task<> refuse_late(std::shared_ptr<Link> self);
  static Task<> close_stream(std::shared_ptr<Link> self);
  Task<> send_stream_end();

  // Which limit runs while a request is read.
  enum class Waiting { nothing, idle, header, body };

  Waiting waiting_ = Waiting::nothing;
  bool chunked_ = false;  // how the body that is streamed is framed
};

template <typename Stream>
Task<bool> Link<Stream>::serve_requests() {
  std::size_t in_a_row = 0;
  for (;;) {
    const State state = co_await read_request();
    if (state == State::refused) {
      const Refusal late{408, "request_timeout", "The request took too long to arrive."};
      const Refusal refusal = expired_ ? late : reader_.refusal();
      co_await refuse(refusal);
      co_return false;
    }
    if (state != State::ready) co_return false;  // the peer has gone, idled too long, or the server stops
    const bool open = co_await answer_request();
    if (!open) co_return false;
    if (rests() && reader_.idle()) co_return true;
    in_a_row = reader_.has_unread() ? in_a_row + 1 : 0;
    if (in_a_row < shared_->limits.pipelined_max) continue;
    in_a_row = 0;
    co_await asio::post(stream_.executor(), runtime::use_task);
  }
}

// Starts the clock of what is waited for, unless it runs already: drops that trickle in do not set it back.
template <typename Stream>
void Link<Stream>::wait_for(State state) {
  const Waiting waiting = state == State::needs_body ? Waiting::body : reader_.idle() ? Waiting::idle : Waiting::header;
  if (waiting == waiting_) return;
  waiting_ = waiting;
  const ServerLimits& limits = shared_->limits;
  switch (waiting) {
    case Waiting::idle: enter(Phase::idle, limits.idle_time); break;
    case Waiting::header: enter(Phase::reading, limits.header_time); break;
    case Waiting::body: enter(Phase::reading, limits.body_time); break;
    case Waiting::nothing: break;
  }
}

// ready, refused (also when it took too long: then expired_ is set), or anything else when the connection is over.
template <typename Stream>
auto Link<Stream>::read_request() -> Task<State> {
  waiting_ = Waiting::nothing;
  State state = reader_.advance();
  while (state == State::needs_header || state == State::needs_body) {
    wait_for(state);
    if (reader_.take_continue()) {
      output_ = kContinue;
      const bool sent = co_await write();
      if (!sent) co_return State::needs_body;
      waiting_ = Waiting::nothing;
      continue;
    }
    if (shared_->stopping && waiting_ == Waiting::idle) break;
    const std::span<char> room = reader_.space();
    const Moved moved = co_await stream_.read_some(room);
    if (moved.error && expired_ && phase_ == Phase::reading) co_return State::refused;
    if (moved.error) break;
    reader_.commit(moved.bytes);
    state = reader_.advance();
  }
  expired_ = false;  // what came at the last moment has come in time
  if (state != State::ready && state != State::refused) co_await finish();
  co_return state;
}

template <typename Stream>
Task<bool> Link<Stream>::answer_request() {
  AnswerForm form;
  form.version = reader_.version();
  form.tls = kTls;
  Request request = reader_.take();
  form.head_only = request.method == Method::head;
  request.peer = peer_;
  if (reader_.body_in_pieces()) request.incoming = std::make_shared<IncomingBody<Link>>(this->weak_from_this());
  enter(Phase::answering, shared_->limits.answer_time);
  request.deadline = deadline_;
  Reply reply = co_await shared_->router->answer(std::move(request));
  if (abandoned_) co_return false;
  form.keep_alive = reader_.keep_alive() && reply.stream == nullptr && !shared_->stopping;
  if (reply.stream != nullptr && !form.head_only) {
    co_await stream_body(std::move(reply), form);
    co_return false;
  }
  append_answer(output_, reply, form);
  if (!write_at_once()) {
    const bool written = co_await write();
    if (!written) co_return false;
  }
  if (!form.keep_alive) co_await finish();
  co_return form.keep_alive;
}

template <typename Stream>
Task<Result<std::optional<std::string>>> Link<Stream>::next_incoming() {
  for (;;) {
    if (abandoned_) co_return body_broken_off();
    std::expected<std::string, Refusal> piece = reader_.take_piece();
    if (!piece) co_return std::unexpected(error_of(piece.error()));
    enter(Phase::answering, shared_->limits.answer_time);
    if (!piece->empty()) co_return std::optional{std::move(*piece)};
    if (reader_.body_complete()) co_return std::nullopt;
    if (reader_.take_continue()) {
      output_ = kContinue;
      const bool sent = co_await write();
      if (!sent) co_return body_broken_off();
    }
    enter(Phase::reading, shared_->limits.body_time);
    const std::span<char> room = reader_.space();
    const Moved moved = co_await stream_.read_some(room);
    if (moved.error) {
      enter(Phase::answering, shared_->limits.answer_time);
      co_return body_broken_off();
    }
    reader_.commit(moved.bytes);
  }
}

template <typename Stream>
Task<> Link<Stream>::refuse(Refusal refusal) {
  const AnswerForm form{reader_.version(), false, reader_.is_head(), kTls};
  output_.clear();
  append_answer(output_, to_reply(refusal), form);
  const bool written = co_await write();
  if (written) co_await finish();
}

// Whether the kernel took all of `output_` just so, as it does with nearly every answer. What is left of it is for
// `write`, which also hears of errors.
template <typename Stream>
bool Link<Stream>::write_at_once() {
  const Moved moved = stream_.write_at_once(output_);
  if (moved.error) return false;
  output_.erase(0, moved.bytes);
  if (output_.capacity() > kOutputBytesKept) output_.shrink_to_fit();
  return output_.empty();
}

// Writes `output_`. The limit is for each piece that the kernel takes, so that a large answer may take its time.
template <typename Stream>
Task<bool> Link<Stream>::write() {
  std::size_t written = 0;
  while (written < output_.size()) {
    enter(Phase::writing, shared_->limits.write_time);
    const std::string_view rest = std::string_view{output_}.substr(written);
    const Moved moved = co_await stream_.write_some(rest);
    if (moved.error) co_return false;
    written += moved.bytes;
  }
  output_.clear();
  if (output_.capacity() > kOutputBytesKept) output_.shrink_to_fit();
  co_return true;
}

// Ends the connection so that the peer can still read the last answer: closing while it sends would reset it.
template <typename Stream>
Task<> Link<Stream>::finish() {
  enter(Phase::closing, kLingerTime);
  co_await stream_.say_goodbye();
  stream_.shut_down_sending();
  if (shared_->stopping && !reader_.has_unread()) co_return;
  output_.resize(kScratchBytes);
  for (std::size_t drained = 0; drained < kLingerBytesMax && !expired_;) {
    const std::span<char> room(output_);
    const Moved moved = co_await stream_.drain_some(room);
    if (moved.error) co_return;
    drained += moved.bytes;
  }
}

template <typename Stream>
Task<> Link<Stream>::stream_body(Reply reply, AnswerForm form) {
  chunked_ = form.chunks(reply);
  append_answer(output_, reply, form);
  const std::shared_ptr<BodySource> source = std::move(reply.stream);
  const bool started = co_await write();
  if (!started) co_return;
  runtime::spawn(stream_.executor(), watch_peer(this->shared_from_this()), "watch a stream's reader");
  const bool whole = co_await send_pieces(source);
  if (abandoned_) co_return;
  if (whole) {
    co_await send_stream_end();
  } else {
    cut_short();
  }
}

// Whether the body is whole then: also an endless one that the server ends. `source` may have announced a length.
template <typename Stream>
Task<bool> Link<Stream>::send_pieces(std::shared_ptr<BodySource> source) {
  std::optional<std::uint64_t> rest = source->length();
  while (!source->endless() || !shared_->stopping) {
    enter(source->endless() ? Phase::streaming : Phase::fetching, shared_->limits.answer_time);
    Result<std::optional<std::string>> piece = co_await next_piece(source);
    if (abandoned_ || !piece) co_return false;
    if (!*piece) co_return rest.value_or(0) == 0;
    if (rest && (*piece)->size() > *rest) co_return false;
    if (rest) *rest -= (*piece)->size();
    append_piece(output_, **piece, chunked_);
    const bool written = co_await write();
    if (abandoned_ || !written) co_return false;
  }
  co_return true;
}

template <typename Stream>
Task<Result<std::optional<std::string>>> Link<Stream>::next_piece(std::shared_ptr<BodySource> source) {
  try {
    Result<std::optional<std::string>> piece = co_await source->next();
    if (!piece) {
      const Error& error = piece.error();
      log::error("an answer was cut short",
                 {{"reason", error.reason}, {"message", error.message}, {"detail", error.detail}});
    }
    co_return piece;
  } catch (const std::exception& exception) {
    log::error("an answer was cut short", {{"what", exception.what()}});
    co_return fail(Code::internal, "A streamed answer failed.");
  }
}

// Ends the connection so that whoever reads sees that something is missing, even where nothing says how long the body
// would have been: by a reset.
template <typename Stream>
void Link<Stream>::cut_short() {
  abandoned_ = true;
  stream_.reset_when_closed();
  end();
}

// Reads beside the stream, to notice when its reader hangs up. What it sends meanwhile has no meaning.
template <typename Stream>
Task<> Link<Stream>::watch_peer(std::shared_ptr<Link> self) {
  std::size_t drained = 0;
  while (drained < kScratchBytes) {
    const std::span<char> room = self->reader_.space();  // never committed
    const Moved moved = co_await self->stream_.read_some(room);
    if (moved.error) break;
    drained += moved.bytes;
  }
  self->abandoned_ = true;
  self->end();
  self->leave();
}

template <typename Stream>
Task<> Link<Stream>::refuse_late(std::shared_ptr<Link> self) {
  const Refusal refusal{503, "answer_timeout", "The server took too long to answer. Repeat the request later."};
  co_await self->refuse(refusal);
  self->end();
  self->leave();
}

template <typename Stream>
Task<> Link<Stream>::close_stream(std::shared_ptr<Link> self) {
  co_await self->send_stream_end();
  self->end();
  self->leave();
}

// Ends the body; watch_peer, which still reads, sees the peer hang up and ends the connection.
template <typename Stream>
Task<> Link<Stream>::send_stream_end() {
  append_stream_end(output_, chunked_);
  const bool written = co_await write();
  enter(Phase::closing, kLingerTime);
  if (written) stream_.shut_down_sending();
}

}  // namespace keyledger::net
