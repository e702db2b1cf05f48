#include "net/chunks.h"

#include <algorithm>

#include "net/ascii.h"

namespace keyledger::net {
namespace {

constexpr std::unexpected<Refusal> refuse(std::string_view detail) {
  return std::unexpected(Refusal{400, "malformed_chunk", detail});
}

constexpr std::string_view kBadLine = "Lines between chunks must end in CR LF, and neither may stand anywhere else.";
constexpr std::string_view kBadSize = "A chunk must begin with its size in hexadecimal digits.";

// Extensions are ignored, but must be what every reader takes for extensions: `;name=value`, quotes closed.
bool is_extension(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != ';') return false;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    }
  }
  return !quoted && text.back() != '\\';
}

}  // namespace

std::expected<std::size_t, Refusal> ChunkDecoder::feed(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (!done()) {
    const std::expected<std::size_t, Refusal> step_used = step(bytes.substr(used), body);
    if (!step_used) return step_used;
    if (*step_used == 0) break;
    used += *step_used;
  }
  return used;
}

// One line or one run of data; 0 where more bytes are needed.
std::expected<std::size_t, Refusal> ChunkDecoder::step(std::string_view bytes, std::string& body) {
  if (state_ == State::data) {
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
    body.append(bytes.substr(0, take));
    remaining_ -= take;
    if (remaining_ == 0) state_ = State::data_end;
    return take;
  }
  const std::size_t feed = bytes.find('\n');
  if (feed == std::string_view::npos) {
    const std::size_t line_max = state_ == State::trailers ? kTrailerBytesMax : kChunkLineBytesMax;
    if (bytes.size() > line_max + 1) {  // the carriage return may be there already
      return refuse("A line between chunks is too long.");
    }
    return 0;
  }
  const std::string_view line = bytes.substr(0, feed == 0 ? 0 : feed - 1);
  if (feed == 0 || bytes[feed - 1] != '\r') return refuse(kBadLine);
  if (has_control(line)) return refuse(kBadLine);
  std::expected<void, Refusal> read{};
  if (state_ == State::size) {
    read = read_size(line, body.size());
  } else if (state_ == State::trailers) {
    read = read_trailer(line);
  } else if (line.empty()) {
    state_ = State::size;
  } else {
    read = refuse("A chunk is longer than its size says.");
  }
  if (!read) return std::unexpected(read.error());
  return feed + 1;
}

std::expected<void, Refusal> ChunkDecoder::read_size(std::string_view line, std::size_t body_bytes) {
  constexpr std::size_t kDigitsMax = 16;  // 64 bits
  if (line.size() > kChunkLineBytesMax) return refuse("A line between chunks is too long.");
  const auto digits_end = std::ranges::find_if(line, [](char c) { return hex_value(c) < 0; });
  const auto digits = static_cast<std::size_t>(digits_end - line.begin());
  if (digits == 0 || digits > kDigitsMax) return refuse(kBadSize);
  if (!is_extension(line.substr(digits))) return refuse(kBadSize);
  std::uint64_t size = 0;
  for (const char c : line.substr(0, digits)) size = size * 16 + static_cast<std::uint64_t>(hex_value(c));
  if (size > body_bytes_max_ - body_bytes) {
    return std::unexpected(Refusal{413, "body_too_large", "The body is longer than this address takes."});
  }
  remaining_ = size;
  state_ = size == 0 ? State::trailers : State::data;
  return {};
}

std::expected<void, Refusal> ChunkDecoder::read_trailer(std::string_view line) {
  if (line.empty()) {
    state_ = State::done;
    return {};
  }
  trailer_bytes_ += line.size() + 2;
  if (trailer_bytes_ > kTrailerBytesMax) return refuse("The fields after the last chunk are too long.");
  if (!is_token(line.substr(0, line.find(':'))) || line.find(':') == std::string_view::npos) {
    return refuse("A field after the last chunk has no name.");
  }
  return {};
}

}  // namespace keyledger::net
