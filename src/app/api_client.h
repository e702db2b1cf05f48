// app/api_client.h: the REST API for commands: paths with parameters, problems as errors, whole lists.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/transport.h"
#include "json/value.h"
#include "json/write.h"

namespace keyledger::app {

/// Builds "/api/keys?provider=openai&q=a%20b".
class Target {
 public:
  explicit Target(std::string path) : text_(std::move(path)) {}
  /// Adds a parameter; an empty value is left out.
  Target& with(std::string_view name, std::string_view value);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool first_ = true;
};

/// An answer: the document, and its text as it came.
struct Answer {
  unsigned status = 0;
  std::string text{};
  json::Value value{};
};

class ApiClient {
 public:
  explicit ApiClient(Transport* transport) : transport_(transport) {}

  /// Errors: those of the transport; a problem of the server, with its code as reason and its field.
  [[nodiscard]] Result<Answer> get(const Target& target) { return call(net::Method::get, target, {}); }
  [[nodiscard]] Result<Answer> post(const Target& target, std::string body) {
    return call(net::Method::post, target, std::move(body));
  }
  [[nodiscard]] Result<Answer> put(const Target& target, std::string body) {
    return call(net::Method::put, target, std::move(body));
  }
  [[nodiscard]] Result<Answer> remove(const Target& target) { return call(net::Method::delete_, target, {}); }

  /// Every page of a list as one answer, at most kRowsMax rows.
  [[nodiscard]] Result<Answer> get_all(const Target& target);
  static constexpr std::size_t kRowsMax = 1'000'000;
  /// The first `count` rows of a list as one answer, from as many pages as that takes.
  [[nodiscard]] Result<Answer> get_first(const Target& target, std::size_t count);

 private:
  [[nodiscard]] Result<Answer> call(net::Method method, const Target& target, std::string body);
  Transport* transport_;
};

/// The error that a problem document tells.
[[nodiscard]] Error to_error(unsigned status, const json::Value& problem);

/// Builds a JSON object of the values that are there.
class Body {
 public:
  Body() { out_.begin_object(); }
  Body& text(std::string_view name, std::string_view value);
  Body& secret(std::string_view name, const Secret& value) { return text(name, value.reveal()); }
  Body& number(std::string_view name, std::string_view digits);  // checked by whoever read it
  Body& null(std::string_view name);
  Body& raw(std::string_view name, std::string_view json);
  [[nodiscard]] std::string take();

 private:
  json::Writer out_{};
};

}  // namespace keyledger::app
