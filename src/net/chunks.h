// net/chunks.h: the chunked body of a request, read strictly.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "net/refusal.h"

namespace keyledger::net {

inline constexpr std::size_t kChunkLineBytesMax = 256;    // a size and its extensions
inline constexpr std::size_t kTrailerBytesMax = 4 << 10;  // all trailer fields, which are read and dropped

/// Decodes a chunked body piece by piece.
///
/// Why not the parser's own: it accepts a bare LF inside a quoted chunk extension, which others take for the line's
/// end. Here a line ends in CR LF and has neither anywhere else, a size is hexadecimal digits and nothing else.
class ChunkDecoder {
 public:
  explicit ChunkDecoder(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  /// Appends what `bytes` hold to `body`. Gives how many bytes were used; the rest is to be given again, with more.
  /// Errors: 400 malformed_chunk, 413 body_too_large.
  [[nodiscard]] std::expected<std::size_t, Refusal> feed(std::string_view bytes, std::string& body);

  [[nodiscard]] bool done() const { return state_ == State::done; }

 private:
  enum class State { size, data, data_end, trailers, done };

  [[nodiscard]] std::expected<std::size_t, Refusal> step(std::string_view bytes, std::string& body);
  [[nodiscard]] std::expected<void, Refusal> read_size(std::string_view line, std::size_t body_bytes);
  [[nodiscard]] std::expected<void, Refusal> read_trailer(std::string_view line);

  std::size_t body_bytes_max_;
  State state_ = State::size;
  std::uint64_t remaining_ = 0;  // of the chunk that is being read
  std::size_t trailer_bytes_ = 0;
};

}  // namespace keyledger::net
