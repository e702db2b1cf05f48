#include "api/compression.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

namespace keyledger::api {
namespace {

using net::Task;

constexpr int kLevel = 1;
constexpr int kGzipWindow = 15 + 16;             // zlib's way of saying 32 KiB and a gzip header
constexpr int kMemory = 8;                       // zlib's own default: 256 KiB for each stream
constexpr std::size_t kHereBytesMax = 32 << 10;  // some 300 microseconds; more is a pool's work
constexpr std::size_t kOutputBytes = 16 << 10;
constexpr std::string_view kBlanks = " \t";

/// One gzip stream.
class Deflater {
 public:
  Deflater() : ready_(deflateInit2(&stream_, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) == Z_OK) {}
  ~Deflater() {
    if (ready_) deflateEnd(&stream_);
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  /// What comes out when `text` goes in; `last` brings out what is left inside, too.
  [[nodiscard]] std::string feed(std::string_view text, bool last) {
    std::string out;
    // zlib's input is not const for historical reasons; it is only read. A piece is far below 4 GiB.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // NOLINT
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      const std::size_t before = out.size();
      out.resize(before + kOutputBytes);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);  // NOLINT
      stream_.avail_out = kOutputBytes;
      deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      out.resize(out.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return out;
  }

 private:
  z_stream stream_{};
  bool ready_;
};

/// The pieces of another source, in gzip.
class GzipSource final : public net::BodySource {
 public:
  GzipSource(std::shared_ptr<net::BodySource> source, std::unique_ptr<Deflater> deflater, runtime::Pool* pool)
      : source_(std::move(source)), deflater_(std::move(deflater)), pool_(pool) {}

  Task<Result<std::optional<std::string>>> next() override {
    while (!ended_) {
      Result<std::optional<std::string>> piece = co_await source_->next();
      if (!piece) co_return piece;
      ended_ = !*piece;
      Result<std::string> out = co_await feed(std::move(*piece).value_or(""));
      if (!out) co_return std::unexpected(out.error());
      if (!out->empty()) co_return std::optional{std::move(*out)};
    }
    co_return std::nullopt;
  }

 private:
  Task<Result<std::string>> feed(std::string text) {
    auto work = [this, text = std::move(text)]() -> Result<std::string> { return deflater_->feed(text, ended_); };
    if (pool_ == nullptr || text.size() <= kHereBytesMax) co_return work();
    Result<std::string> out = co_await pool_->run<std::string>(std::move(work));
    co_return out;
  }

  std::shared_ptr<net::BodySource> source_;
  std::unique_ptr<Deflater> deflater_;
  runtime::Pool* pool_;
  bool ended_ = false;
};

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// The part up to `separator`, which is taken off the front of `text`.
std::string_view take_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return trimmed(part);
}

/// "gzip;q=0.5": a weight of nothing but noughts refuses.
bool refused(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = take_part(parameters, ';');
    const std::string_view name = take_part(value, '=');
    if (name != "q" && name != "Q") continue;
    return trimmed(value).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

/// In a function of its own, so that the work owns its text until it is done.
Task<std::optional<std::string>> squeezed(runtime::Pool* pool, std::shared_ptr<const std::string> text) {
  if (pool == nullptr || text->size() <= kHereBytesMax) co_return gzip(*text);
  auto work = [text]() -> Result<std::optional<std::string>> { return gzip(*text); };
  Result<std::optional<std::string>> out = co_await pool->run<std::optional<std::string>>(std::move(work));
  co_return out ? std::move(*out) : std::nullopt;
}

}  // namespace

bool accepts_gzip(const net::Request& request) {
  std::string_view wishes = request.headers.find("Accept-Encoding").value_or("");
  std::optional<bool> any;
  while (!wishes.empty()) {
    std::string_view wish = take_part(wishes, ',');
    const std::string_view coding = take_part(wish, ';');
    const auto same = [coding](std::string_view name) {
      return std::ranges::equal(coding, name, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    };
    if (same("gzip") || same("x-gzip")) return !refused(wish);
    if (coding == "*") any = !refused(wish);
  }
  return any.value_or(false);
}

bool worth_compressing(const net::Reply& reply) {
  if (reply.status != 200 || reply.headers.count("Content-Encoding") > 0) return false;
  const std::string_view type = reply.headers.find("Content-Type").value_or("");
  const bool fits = type.starts_with("application/json") || type.starts_with("text/csv");
  return fits && (reply.stream != nullptr ? !reply.stream->endless() : reply.body.size() >= kCompressBytesMin);
}

std::optional<std::string> gzip(std::string_view text) {
  Deflater deflater;
  if (!deflater.ready()) return std::nullopt;
  return deflater.feed(text, true);
}

Task<net::Reply> compressed(runtime::Pool* pool, bool accepted, net::Reply reply) {
  if (!worth_compressing(reply)) co_return reply;
  reply.headers.set("Vary", "Accept-Encoding");
  if (!accepted) co_return reply;
  if (reply.stream != nullptr) {
    auto deflater = std::make_unique<Deflater>();
    if (!deflater->ready()) co_return reply;
    reply.stream = std::make_shared<GzipSource>(std::move(reply.stream), std::move(deflater), pool);
  } else {
    const auto text = std::make_shared<const std::string>(std::move(reply.body));
    std::optional<std::string> small = co_await squeezed(pool, text);
    reply.body = small ? std::move(*small) : *text;
    if (!small) co_return reply;
  }
  reply.headers.set("Content-Encoding", "gzip");
  co_return reply;
}

}  // namespace keyledger::api
