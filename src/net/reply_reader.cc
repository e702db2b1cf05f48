#include "net/reply_reader.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

namespace keyledger::net {
namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;
using ParseError = boost::beast::error_code;

std::unexpected<Error> malformed(std::string detail) {
  return fail(Code::unavailable, "The answer is not HTTP as we understand it, or ended too early.",
              "malformed_response", {}, std::move(detail));
}

std::unexpected<Error> too_large() {
  return fail(Code::unavailable, "The answer is larger than the limit for this request.", "response_too_large");
}

}  // namespace

struct ReplyReader::Impl {
  Impl(bool is_head, const ClientLimits& most) : head(is_head), limits(most) { begin_reply(); }

  void begin_reply() {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    parser->body_limit(limits.body_bytes_max);
    parser->eager(true);
    parser->skip(head);
  }

  [[nodiscard]] bool is_interim() const {
    const unsigned status = parser->get().result_int();
    return parser->is_done() && status >= 100 && status < 200;
  }

  bool head;
  ClientLimits limits;
  std::optional<Parser> parser{};
  std::string input{};
  std::size_t held = 0;  // bytes of `input` that are not understood yet
  std::size_t interim_replies = 0;
};

ReplyReader::ReplyReader(bool head, const ClientLimits& limits) : impl_(std::make_unique<Impl>(head, limits)) {}

ReplyReader::~ReplyReader() = default;

std::span<char> ReplyReader::space(std::size_t bytes_max) {
  impl_->input.resize(impl_->held + bytes_max);
  return {impl_->input.data() + impl_->held, bytes_max};
}

Result<void> ReplyReader::feed(std::size_t bytes) {
  Impl& my = *impl_;
  my.held += bytes;
  std::size_t used = 0;
  while (used < my.held && !done()) {
    ParseError error;
    const std::size_t taken = my.parser->put(boost::asio::const_buffer(my.input.data() + used, my.held - used), error);
    used += taken;
    if (error == http::error::need_more || (!error && taken == 0)) break;
    if (error == http::error::body_limit || error == http::error::header_limit) return too_large();
    if (error) return malformed(error.message());
    if (!my.is_interim()) continue;
    if (my.parser->get().result_int() == 101) return malformed("an upgrade that was not asked for");
    if (++my.interim_replies > kInterimRepliesMax) return malformed("too many interim answers");
    my.begin_reply();
  }
  my.input.erase(0, used);
  my.held -= used;
  // Only lines that do not end stay unread: a header, the size of a chunk, fields after the last.
  if (!done() && my.held > my.limits.header_bytes_max) return too_large();
  return {};
}

Result<void> ReplyReader::end() {
  if (!began()) return malformed("the connection was closed without an answer");
  ParseError error;
  impl_->parser->put_eof(error);
  if (error || !done()) return cut_off();
  return {};
}

std::unexpected<Error> ReplyReader::cut_off() const {
  return malformed("the connection ended in the middle of the answer");
}

bool ReplyReader::done() const {
  return impl_->parser->is_done() && !impl_->is_interim();
}

bool ReplyReader::began() const {
  return impl_->parser->got_some();
}

ClientReply ReplyReader::take() {
  auto message = impl_->parser->release();
  ClientReply reply;
  reply.status = message.result_int();
  for (const auto& field : message) {
    reply.headers.add(std::string{field.name_string()}, std::string{field.value()});
  }
  reply.body = std::move(message.body());
  return reply;
}

}  // namespace keyledger::net
