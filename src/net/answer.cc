#include "net/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>

#include "base/log.h"
#include "net/ascii.h"
#include "net/server.h"

namespace keyledger::net {
namespace {

constexpr std::string_view kStrictTransport = "Strict-Transport-Security: max-age=31536000\r\n";
constexpr std::string_view kOwnHeaders[] = {"Content-Length", "Transfer-Encoding", "Connection", "Date"};
constexpr unsigned kStatusMax = 600;
constexpr std::size_t kHeadBytesUsual = 1024;  // with which most answers grow their buffer once

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// What no browser shows as a page needs no more than this.
const Pairs& data_headers() {
  static const Pairs kHeaders = {
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
      {"Cache-Control", "no-store"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
  };
  return kHeaders;
}

std::string block_of(const Pairs& headers) {
  std::string block;
  for (const auto& [name, value] : headers) append_field(block, name, value);
  return block;
}

const std::string& security_block(bool page) {
  static const std::string kOfPages = block_of(security_headers()), kOfData = block_of(data_headers());
  return page ? kOfPages : kOfData;
}

void append_status_line(std::string& out, unsigned status) {
  static const std::vector<std::string> kLines = [] {
    std::vector<std::string> lines;
    for (unsigned each = 0; each < kStatusMax; ++each) {
      lines.push_back(fmt::format("HTTP/1.1 {} {}\r\n", each, status_text(each)));
    }
    return lines;
  }();
  out += kLines.at(status);
}

// "Sat, 21 Nov 2026 20:14:05 GMT". Written anew once a second and thread: formatting it costs more than a lookup.
const std::string& date_text() {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  static thread_local std::time_t written = -1;
  static thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now == written) return text;
  std::tm utc{};
  gmtime_r(&now, &utc);
  text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon],
                     utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  written = now;
  return text;
}

bool is_own(std::string_view name) {
  return std::ranges::any_of(kOwnHeaders, [name](std::string_view own) { return equal_ignoring_case(own, name); });
}

bool is_security(std::string_view name) {
  const auto same = [name](const auto& header) { return equal_ignoring_case(header.first, name); };
  return std::ranges::any_of(security_headers(), same);
}

// Whether a name is as long as one of those that need a second look; most are not.
bool may_be_special(std::string_view name) {
  static const std::uint64_t kLengths = [] {
    std::uint64_t lengths = 0;
    for (const std::string_view own : kOwnHeaders) lengths |= std::uint64_t{1} << own.size();
    for (const auto& [security, value] : security_headers()) lengths |= std::uint64_t{1} << security.size();
    return lengths;
  }();
  return name.size() < 64 && (kLengths >> name.size() & 1) != 0;
}

bool is_safe(std::string_view name, std::string_view value) {
  return is_token(name) && !has_control(value);
}

/// What the reply's own headers mean for those that are added.
struct Seen {
  bool replaces = false;  // one of them replaces a security header
  bool page = false;
};

Seen append_fields(std::string& out, const Headers& headers) {
  Seen seen;
  for (const auto& [name, value] : headers.fields()) {
    const bool special = may_be_special(name);
    if (special && is_own(name)) continue;
    if (!is_safe(name, value)) {
      log::error("a header of an answer was left out, since it is malformed", {{"header", name}});
      continue;
    }
    seen.replaces = seen.replaces || (special && is_security(name));
    seen.page = seen.page || (value.starts_with("text/html") && equal_ignoring_case(name, "Content-Type"));
    append_field(out, name, value);
  }
  return seen;
}

std::string_view length_text(const fmt::format_int& length) {
  return {length.data(), length.size()};
}

bool may_have_body(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

void append_form(std::string& out, const AnswerForm& form) {
  if (form.tls) out += kStrictTransport;
  if (!form.keep_alive) {
    out += "Connection: close\r\n";
  } else if (form.version < 11) {
    out += "Connection: keep-alive\r\n";
  }
}

void append_head(std::string& out, const Reply& reply, const AnswerForm& form) {
  out.reserve(out.size() + kHeadBytesUsual + reply.body.size());
  append_status_line(out, reply.status);
  append_field(out, "Date", date_text());
  const Seen seen = append_fields(out, reply.headers);
  if (!seen.replaces) {
    out += security_block(seen.page);
  } else {
    for (const auto& [name, value] : seen.page ? security_headers() : data_headers()) {
      if (reply.headers.count(name) == 0) append_field(out, name, value);
    }
  }
  append_form(out, form);
}

// What a streamed body has in place of a length, or its length, and the end of the head.
void append_stream_fields(std::string& out, const Reply& reply, const AnswerForm& form) {
  if (reply.headers.count("Content-Type") == 0) append_field(out, "Content-Type", "text/event-stream");
  const std::optional<std::uint64_t> length = reply.stream->length();
  if (length) {
    append_field(out, "Content-Length", std::to_string(*length));
  } else if (form.chunks(reply)) {
    append_field(out, "Transfer-Encoding", "chunked");
  }
  out += "\r\n";
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& security_headers() {
  static const std::vector<std::pair<std::string, std::string>> kHeaders = {
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
       "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
       "require-trusted-types-for 'script'; trusted-types svelte-trusted-html"},
      {"Cache-Control", "no-store"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"X-Frame-Options", "DENY"},
  };
  return kHeaders;
}

void append_answer(std::string& out, const Reply& reply, const AnswerForm& form) {
  append_head(out, reply, form);
  if (reply.stream != nullptr) {
    append_stream_fields(out, reply, form);
    return;
  }
  const bool body = may_have_body(reply.status);
  if (body) append_field(out, "Content-Length", length_text(fmt::format_int(reply.body.size())));
  out += "\r\n";
  if (body && !form.head_only) out += reply.body;
}

PromptAnswer::PromptAnswer(std::string& out, const AnswerForm& form) : out_(out), begin_(out.size()), form_(form) {
  out_.reserve(begin_ + kHeadBytesUsual);
  append_status_line(out_, 200);
  append_field(out_, "Date", date_text());
}

void PromptAnswer::send(std::initializer_list<std::string_view> body) {
  std::size_t bytes = 0;
  for (const std::string_view piece : body) bytes += piece.size();
  out_ += security_block(/*page=*/false);
  append_form(out_, form_);
  append_field(out_, "Content-Length", length_text(fmt::format_int(bytes)));
  out_ += "\r\n";
  for (const std::string_view piece : body) out_ += piece;
}

void PromptAnswer::send(const Reply& reply) {
  out_.resize(begin_);
  append_answer(out_, reply, form_);
}

void append_piece(std::string& out, std::string_view piece, bool chunked) {
  if (piece.empty()) return;
  if (!chunked) {
    out += piece;
    return;
  }
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", piece.size());
  out.append(piece).append("\r\n");
}

void append_stream_end(std::string& out, bool chunked) {
  if (chunked) out += "0\r\n\r\n";
}

}  // namespace keyledger::net
