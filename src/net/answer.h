// net/answer.h: a Reply as bytes.
#pragma once

#include <initializer_list>
#include <string>

#include "net/message.h"

namespace keyledger::net {

/// What the connection, not the handler, decides about an answer.
struct AnswerForm {
  int version = 11;        // of the request: 10 or 11
  bool keep_alive = true;  // else "Connection: close" is said
  bool head_only = false;  // the answer to HEAD: lengths as for GET, no body
  bool tls = false;

  [[nodiscard]] bool chunks(const Reply& reply) const {
    return version >= 11 && reply.stream != nullptr && !reply.stream->length();
  }
};

/// Appends status line, headers and body. A reply with a stream gets a head alone: with the
/// length of the stream where that is known; else without one, chunked in HTTP/1.1.
///
/// The server owns Content-Length, Transfer-Encoding, Connection and Date: such headers of a reply are left out, as are
/// headers whose name or value could end the line they stand in; those are our bug, and logged.
void append_answer(std::string& out, const Reply& reply, const AnswerForm& form);

/// A success that is written straight into what goes out. Names and values are the program's own, never a text of a
/// caller's: nothing is checked. Exactly one `send` ends it.
class PromptAnswer {
 public:
  PromptAnswer(std::string& out, const AnswerForm& form);

  void add(std::string_view name, std::string_view value) {
    out_.append(name).append(": ").append(value).append("\r\n");
  }
  /// A value that `write(std::string&)` appends.
  template <std::invocable<std::string&> Write>
  void add(std::string_view name, const Write& write) {
    out_.append(name).append(": ");
    write(out_);
    out_.append("\r\n");
  }

  /// The body, in pieces that follow each other.
  void send(std::initializer_list<std::string_view> body = {});
  /// This reply, whatever was added.
  void send(const Reply& reply);

 private:
  std::string& out_;
  std::size_t begin_;
  AnswerForm form_;
};

/// Appends one piece of a stream; nothing if it is empty, since an empty chunk would end the body.
void append_piece(std::string& out, std::string_view piece, bool chunked);
/// Appends what ends a chunked stream.
void append_stream_end(std::string& out, bool chunked);

}  // namespace keyledger::net
