// net/message.h: a request as a handler sees it, and its answer. No socket and no parser in sight.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "runtime/task.h"

namespace keyledger::net {

using runtime::SteadyTime;
using runtime::Task;

enum class Method { get, head, post, put, patch, delete_, options };

[[nodiscard]] std::string_view to_string(Method method);
[[nodiscard]] std::optional<Method> parse_method(std::string_view text);

/// One header as it stands in its Headers, for as long as those are not changed; moving them does no harm.
struct HeaderField {
  std::string_view name{}, value{};
  bool operator==(const HeaderField&) const = default;
};

/// Names are compared without regard to case; values are kept as they came, without surrounding blanks. All texts lie
/// in one piece of memory, since every request has some and every answer many.
class Headers {
 public:
  void add(std::string_view name, std::string_view value);
  /// The same with a value that `write(std::string&)` appends to what is there.
  template <std::invocable<std::string&> Write>
  void add(std::string_view name, const Write& write) {
    add(name, std::string_view{});
    write(text_);
    places_.back().value_bytes = static_cast<std::uint32_t>(text_.size() - places_.back().at - name.size());
  }
  /// Room for so many fields, and so many bytes of names and values.
  void reserve(std::size_t count, std::size_t bytes);
  void clear();                                             // keeps the room
  void set(std::string_view name, std::string_view value);  // replaces every field of that name
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// All fields in their order.
  [[nodiscard]] auto fields() const {
    return places_ | std::views::transform([this](const Place& place) { return field(place); });
  }
  [[nodiscard]] bool operator==(const Headers& other) const { return std::ranges::equal(fields(), other.fields()); }

 private:
  struct Place {
    std::uint32_t at = 0, name_bytes = 0, value_bytes = 0;  // the value lies behind the name
  };
  [[nodiscard]] HeaderField field(const Place& place) const {
    const std::string_view text{text_};
    return {text.substr(place.at, place.name_bytes), text.substr(place.at + place.name_bytes, place.value_bytes)};
  }

  std::string text_{};
  std::vector<Place> places_{};
};

/// Who is at the other end. `local_socket`: it came through keyledger.sock, which file permission guards.
struct Peer {
  std::string address{};  // "127.0.0.1", "::1"; empty for the local socket
  bool local_socket = false;
  bool tls = false;
};

/// A body in pieces. Of an answer: the server asks for the next piece, writes it, and asks again when the reader has
/// taken it, until there is none or the reader goes; then it lets go of the source. Of a request: the handler asks.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The next piece; nothing at the end. An error cuts an answer short, so that no part passes for the whole.
  [[nodiscard]] virtual Task<Result<std::optional<std::string>>> next() = 0;
  /// How many bytes all pieces have, where that is known; else an answer is chunked.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const { return std::nullopt; }
  /// Whether it ends only with the reader or the server, and then as it should: a stream of events does.
  [[nodiscard]] virtual bool endless() const { return false; }
};

/// Server-sent events: whole events, or comments that keep the connection alive.
class EventSource : public BodySource {
 public:
  [[nodiscard]] bool endless() const final { return true; }
};

struct Request {
  Method method = Method::get;  // a HEAD request is routed to the GET handler; the server drops the body
  std::string path{};           // percent-decoded once; always begins with a slash
  std::vector<std::pair<std::string, std::string>> query{};       // decoded, in order, names may repeat
  std::vector<std::pair<std::string, std::string>> parameters{};  // {id} and the like, from the route's pattern
  Headers headers{};
  std::string body{};
  std::shared_ptr<BodySource> incoming{};  // the body of a route that takes it in pieces; `body` is empty then
  Peer peer{};
  SteadyTime deadline{};  // when the answer has to be out

  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;  // the first of that name
};

struct Reply {
  unsigned status = 200;
  Headers headers{};
  std::string body{};
  std::shared_ptr<BodySource> stream{};  // when set, the body comes from here
};

[[nodiscard]] Reply json_reply(unsigned status, std::string json);

/// What is known of an error that the server itself answers, as RFC 9457 problem+json.
struct Problem {
  unsigned status = 500;
  std::string code{};    // stable, snake_case
  std::string detail{};  // a sentence that says what to change
  std::string field{};   // the request's field that is meant, if one is
};
[[nodiscard]] Reply problem_reply(const Problem& problem);

/// "Not Found" for 404: the title of a problem and the reason phrase.
[[nodiscard]] std::string_view status_text(unsigned status);

}  // namespace keyledger::net
