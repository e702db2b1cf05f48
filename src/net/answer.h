// net/answer.h: a Reply as bytes.
#pragma once

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

/// Appends one piece of a stream; nothing if it is empty, since an empty chunk would end the body.
void append_piece(std::string& out, std::string_view piece, bool chunked);
/// Appends what ends a chunked stream.
void append_stream_end(std::string& out, bool chunked);

}  // namespace keyledger::net
