#include "net/request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "net/ascii.h"
#include "net/target.h"

namespace keyledger::net {
namespace {

namespace http = boost::beast::http;
using ParseError = boost::beast::error_code;
using Text = boost::beast::string_view;

constexpr std::size_t kInputBytesFirst = 4 << 10;  // most requests fit, and ten thousand idle connections cost 40 MiB
constexpr std::size_t kInputBytesKept = 16 << 10;  // larger memory is given back once it is empty
constexpr std::size_t kReadBytesMin = 1 << 10;     // it is not worth asking the kernel for less
constexpr std::size_t kBodyReserveMax = 64 << 10;  // what a length promises is not believed beyond this
constexpr std::size_t kRequestLineOverhead = 32;   // method, blanks and version around a target
constexpr std::size_t kFieldsUsual = 16;
constexpr Refusal kBodyTooLarge{413, "body_too_large", "The body is longer than this address takes."};

// Beast's grammar without its containers: fields go straight to where they stay. Only header blocks are put in.
class HeadParser final : public http::basic_parser<true> {
 public:
  explicit HeadParser(Head* head) : head_(head) {}

 private:
  void on_request_impl(http::verb, Text method, Text target, int version, ParseError&) override {
    head_->method = {method.data(), method.size()};
    head_->target = {target.data(), target.size()};
    head_->version = version;
  }
  void on_field_impl(http::field, Text name, Text value, ParseError&) override {
    head_->fields.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(ParseError&) override {}
  void on_finish_impl(ParseError&) override {}
  // Never called: a request has no status line, and bodies are read by us.
  void on_response_impl(int, Text, int, ParseError&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ParseError&) override {}
  std::size_t on_body_impl(Text body, ParseError&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, ParseError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, ParseError&) override { return body.size(); }

  Head* head_;
};

// Whether Beast's grammar takes the block.
bool parse_head(std::string_view raw, Head* head) {
  HeadParser parser(head);
  parser.header_limit(static_cast<std::uint32_t>(raw.size() + 1));
  parser.body_limit(boost::none);
  parser.eager(false);
  ParseError error;
  parser.put(boost::asio::const_buffer(raw.data(), raw.size()), error);
  return !error && parser.is_header_done();
}

}  // namespace

std::span<char> InputBuffer::space(std::size_t bytes_min) {
  const std::size_t held = end_ - begin_;
  if (held == 0) begin_ = end_ = 0;
  if (capacity_ - end_ >= bytes_min) return {data_.get() + end_, capacity_ - end_};
  if (capacity_ - held < bytes_min) {
    capacity_ = std::max({capacity_ * 2, held + bytes_min, kInputBytesFirst});
    auto grown = std::make_unique_for_overwrite<char[]>(capacity_);
    if (held > 0) std::memcpy(grown.get(), data_.get() + begin_, held);
    data_ = std::move(grown);
  } else {
    std::memmove(data_.get(), data_.get() + begin_, held);
  }
  begin_ = 0;
  end_ = held;
  return {data_.get() + end_, capacity_ - end_};
}

void InputBuffer::consume(std::size_t bytes) {
  begin_ += bytes;
  if (begin_ != end_) return;
  begin_ = end_ = 0;
  if (capacity_ <= kInputBytesKept) return;
  data_.reset();
  capacity_ = 0;
}

std::span<char> RequestReader::space() {
  return input_.space(kReadBytesMin);
}

RequestReader::State RequestReader::advance() {
  if (state_ == State::needs_header) state_ = advance_header();
  if (state_ == State::needs_body) state_ = advance_body();
  return state_;
}

RequestReader::State RequestReader::advance_header() {
  // An empty line before the request is what some clients send after a body; it means nothing.
  while (search_.scanned == 0 && input_.unread().starts_with("\r\n")) input_.consume(2);
  const std::string_view bytes = input_.unread();
  if (bytes.empty() || bytes == "\r") return State::needs_header;
  if (!is_token_char(bytes.front())) return refuse({400, "malformed_request", "This is not an HTTP request."});
  find_header_end(bytes, search_);
  if (search_.state == HeaderSearch::State::bare_line_feed) {
    return refuse({400, "malformed_request", "Lines of the request's header must end in CR LF."});
  }
  const bool complete = search_.state == HeaderSearch::State::complete;
  const bool first_line_open = !complete && search_.line_begin == 0;
  if (first_line_open && bytes.size() > rules_.limits->target_bytes_max + kRequestLineOverhead) {
    return refuse({414, "target_too_large", "The address is longer than this server takes."});
  }
  if ((complete ? search_.scanned : bytes.size()) > rules_.limits->header_bytes_max) {
    return refuse({431, "header_too_large", "The request's header is longer than this server takes."});
  }
  return complete ? read_head(bytes.substr(0, search_.scanned)) : State::needs_header;
}

// `raw` is the whole header block, its empty line included.
RequestReader::State RequestReader::read_head(std::string_view raw) {
  keep_alive_ = false;  // until the whole block has proved well-formed
  version_ = 11;
  if (auto judged = judge_request_line(raw.substr(0, raw.find("\r\n")), rules_.limits->target_bytes_max); !judged) {
    return refuse(judged.error());
  }
  Head head;
  head.fields.reserve(kFieldsUsual, raw.size());
  const bool parsed = parse_head(raw, &head);
  version_ = head.version;
  // Judged in any case: the judge says what is wrong where the parser only says no.
  const std::expected<Framing, Refusal> framing = judge_framing(raw, head);
  if (!framing) return refuse(framing.error());
  if (!parsed) return refuse({400, "malformed_request", "The request's header is not well-formed."});
  const std::optional<Method> method = parse_method(head.method);
  if (!method) return refuse({501, "unknown_method", "This server does not know the request's method."});
  request_.method = *method;
  std::expected<Target, Refusal> target = parse_target(framing->origin_target);
  if (!target) return refuse(target.error());
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
  if (rules_.hosts != nullptr && !framing->host.empty() && !rules_.hosts->allows(framing->host)) {
    return refuse({421, "unknown_host",
                   "The Host header names a server that this one is not. If it is right, add the name to the server's "
                   "host names."});
  }
  keep_alive_ = framing->keep_alive;
  const State next = begin_body(*framing);  // reads views of `head`, so before it is moved
  request_.headers = std::move(head.fields);
  if (next == State::refused) return next;
  input_.consume(raw.size());
  search_ = {};
  return next;
}

RequestReader::State RequestReader::begin_body(const Framing& framing) {
  if (!framing.has_body()) return State::ready;
  // The route says how long a body may be, so it is looked for before the body is read.
  const Router::Match match = rules_.router->match(request_.method, request_.path);
  if (match.route == nullptr) {
    keep_alive_ = false;  // nobody wants the body: it stays unread, and the connection ends after the answer
    return State::ready;
  }
  const std::size_t body_bytes_max = match.route->body_bytes_max;
  if (framing.content_length > body_bytes_max) {
    return refuse(kBodyTooLarge);
  }
  if (framing.chunked) chunks_.emplace(body_bytes_max);
  body_remaining_ = framing.content_length;
  continue_wanted_ = framing.expects_continue;
  if (match.route->body_in_pieces) {
    body_in_pieces_ = true;
    pieces_bytes_max_ = body_bytes_max;
    keep_alive_ = false;
    return State::ready;
  }
  request_.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(body_remaining_, kBodyReserveMax)));
  return State::needs_body;
}

RequestReader::State RequestReader::advance_body() {
  const std::expected<void, Refusal> fed = feed_body(request_.body);
  if (!fed) return refuse(fed.error());
  return body_complete() ? State::ready : State::needs_body;
}

// Appends to `body` what has come of it.
std::expected<void, Refusal> RequestReader::feed_body(std::string& body) {
  const std::string_view bytes = input_.unread();
  if (chunks_) {
    const std::expected<std::size_t, Refusal> used = chunks_->feed(bytes, body);
    if (!used) return std::unexpected(used.error());
    input_.consume(*used);
    return {};
  }
  const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(body_remaining_, bytes.size()));
  body.append(bytes.substr(0, take));
  input_.consume(take);
  body_remaining_ -= take;
  return {};
}

std::expected<std::string, Refusal> RequestReader::take_piece() {
  std::string piece;
  const std::expected<void, Refusal> fed = feed_body(piece);
  if (!fed) return std::unexpected(fed.error());
  pieces_bytes_ += piece.size();  // the decoder of chunks sees one piece at a time, and so cannot tell
  if (pieces_bytes_ > pieces_bytes_max_) return std::unexpected(kBodyTooLarge);
  return piece;
}

RequestReader::State RequestReader::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  keep_alive_ = false;
  return State::refused;
}

Request RequestReader::take() {
  Request request = std::move(request_);
  request_ = {};
  if (!body_in_pieces_) {
    chunks_.reset();
    continue_wanted_ = false;
  }
  state_ = State::needs_header;
  return request;
}

bool RequestReader::take_continue() {
  // A client that has begun to send does not wait.
  const bool expected = body_in_pieces_ || state_ == State::needs_body;
  const bool waits = continue_wanted_ && expected && input_.unread().empty() && request_.body.empty();
  continue_wanted_ = false;
  return waits;
}

}  // namespace keyledger::net
