// api/compression.h: gzip for answers that are worth it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/message.h"
#include "runtime/pool.h"

namespace keyledger::api {

inline constexpr std::size_t kCompressBytesMin = 4 << 10;  // what is smaller goes in two or three packets anyway

/// Whether a request takes gzip: its Accept-Encoding names it, or *, with a weight above 0.
[[nodiscard]] bool accepts_gzip(const net::Request& request);

/// gzip at the fastest level: a fraction of the usual one's time, for a tenth to a third more bytes. Nothing if there
/// is no memory for it.
[[nodiscard]] std::optional<std::string> gzip(std::string_view text);

/// JSON and CSV of kCompressBytesMin, or streamed; nothing that is compressed already.
[[nodiscard]] bool worth_compressing(const net::Reply& reply);

/// The answer with its JSON or CSV in gzip where `accepted` says so and the body is streamed or has kCompressBytesMin;
/// any other answer as it came. What may differ says `Vary: Accept-Encoding`, in either form. More than a few
/// milliseconds' work is done on `pool`; where its queue is full, the answer stays as it is. No pool: here.
///
/// Why not all: whoever sees the length of compressed answers and can put text of his own into them learns what else
/// stands there (BREACH). Answers that carry a secret never come here; see may_compress.
[[nodiscard]] net::Task<net::Reply> compressed(runtime::Pool* pool, bool accepted, net::Reply reply);

}  // namespace keyledger::api
