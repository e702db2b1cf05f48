#include "json/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>

#include "base/secret.h"

namespace keyledger::json {
namespace {

namespace bj = boost::json;

/// Receives Boost.JSON's events and builds our tree. Open containers are on the stack.
class Builder {
 public:
  static constexpr std::size_t max_object_size = 1 << 20;
  static constexpr std::size_t max_array_size = 1 << 24;
  static constexpr std::size_t max_key_size = 1 << 16;
  static constexpr std::size_t max_string_size = 64 << 20;

  Value take() { return std::move(root_); }
  [[nodiscard]] const std::optional<std::string>& duplicate() const { return duplicate_; }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }

  bool on_object_begin(bj::error_code&) {
    stack_.push_back(Frame{.object = true});
    return true;
  }
  bool on_object_end(std::size_t, bj::error_code& error) {
    Frame frame = pop();
    if (std::optional<std::string> twice = repeated(frame.members)) {
      duplicate_ = std::move(twice);
      error = bj::error::exception;
      return false;
    }
    return put(Value{std::move(frame.members)});
  }
  bool on_array_begin(bj::error_code&) {
    stack_.push_back(Frame{.object = false});
    return true;
  }
  bool on_array_end(std::size_t, bj::error_code&) {
    Frame frame = pop();
    return put(Value{std::move(frame.items)});
  }

  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) { return gather(part); }
  bool on_key(bj::string_view part, std::size_t, bj::error_code&) {
    gather(part);
    stack_.back().key = std::exchange(text_, {});
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return gather(part); }
  bool on_string(bj::string_view part, std::size_t, bj::error_code&) {
    gather(part);
    return put(Value{std::exchange(text_, {})});
  }
  bool on_number_part(bj::string_view part, bj::error_code&) { return gather(part); }
  bool on_int64(std::int64_t, bj::string_view part, bj::error_code&) { return number(part); }
  bool on_uint64(std::uint64_t, bj::string_view part, bj::error_code&) { return number(part); }
  bool on_double(double, bj::string_view part, bj::error_code&) { return number(part); }
  bool on_bool(bool value, bj::error_code&) { return put(Value{value}); }
  bool on_null(bj::error_code&) { return put(Value{}); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  struct Frame {
    bool object;
    std::string key{};
    Object members{};
    Array items{};
  };

  /// Appends to the text that is being read. Growing wipes what it leaves, since the text may be a secret.
  bool gather(bj::string_view part) {
    const std::size_t needed = text_.size() + part.size();
    if (needed > text_.capacity()) {
      std::string grown;
      grown.reserve(std::max(needed, 2 * text_.size()));
      grown.append(text_);
      wipe(text_);
      text_ = std::move(grown);
    }
    text_.append(part.data(), part.size());
    return true;
  }
  bool number(bj::string_view part) {
    gather(part);
    return put(Value{Number{std::exchange(text_, {})}});
  }
  Frame pop() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    return frame;
  }
  bool put(Value value) {
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (stack_.back().object) {
      stack_.back().members.emplace_back(std::move(stack_.back().key), std::move(value));
    } else {
      stack_.back().items.push_back(std::move(value));
    }
    return true;
  }
  /// Sorts instead of hashing: nobody can choose names that make it slow.
  static std::optional<std::string> repeated(const Object& members) {
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const Member& member : members) names.emplace_back(member.first);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    return twice == names.end() ? std::nullopt : std::optional<std::string>{*twice};
  }

  std::vector<Frame> stack_{};
  std::string text_{};
  Value root_{};
  std::optional<std::string> duplicate_{};
};

}  // namespace

Value::~Value() {
  if (std::string* text = string()) wipe(*text);
}

std::string_view Value::kind() const {
  constexpr std::string_view kKinds[] = {"null", "true or false", "a number", "a string", "a list", "an object"};
  return kKinds[data_.index()];
}

const Value& Value::operator[](std::string_view name) const {
  static const Value kMissing;
  if (const Object* members = object()) {
    for (const Member& member : *members) {
      if (member.first == name) return member.second;
    }
  }
  return kMissing;
}

std::optional<std::string_view> Value::text() const {
  if (const std::string* value = string()) return *value;
  return std::nullopt;
}

std::optional<std::string_view> Value::decimal() const {
  if (const Number* value = number()) return value->text;
  return text();
}

std::optional<std::int64_t> Value::integer() const {
  const std::optional<std::string_view> digits = decimal();
  return digits ? integer_of(*digits) : std::nullopt;
}

const Array& Value::items() const {
  static const Array kNone;
  const Array* list = array();
  return list == nullptr ? kNone : *list;
}

std::optional<std::int64_t> integer_of(std::string_view number) {
  std::int64_t value = 0;
  const char* const end = number.data() + number.size();
  const auto [rest, error] = std::from_chars(number.data(), end, value);
  if (error != std::errc{}) return std::nullopt;
  if (rest == end) return value;
  // 5.0 and 1e3 are whole numbers too. Only short ones: nobody writes a count with an exponent past 10^18.
  std::string_view tail(rest, static_cast<std::size_t>(end - rest));
  if (tail.starts_with('.')) {
    const std::size_t after = tail.find_first_not_of('0', 1);
    if (after == 1 || (after == std::string_view::npos && tail.size() == 1)) return std::nullopt;
    if (after == std::string_view::npos) return value;
    tail.remove_prefix(after);
  }
  if (!tail.starts_with('e') && !tail.starts_with('E')) return std::nullopt;
  tail.remove_prefix(1);
  if (tail.starts_with('+') && !tail.starts_with("+-")) tail.remove_prefix(1);
  int exponent = 0;
  const auto [last, exponent_error] = std::from_chars(tail.data(), tail.data() + tail.size(), exponent);
  if (exponent_error != std::errc{} || last != tail.data() + tail.size() || exponent < 0 || exponent > 18) {
    return std::nullopt;
  }
  for (int i = 0; i < exponent; ++i) {
    if (__builtin_mul_overflow(value, std::int64_t{10}, &value)) return std::nullopt;
  }
  return value;
}

Result<Value> parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes_max) return fail(Code::too_large, "the document is too large");
  bj::parse_options options;
  options.max_depth = limits.depth_max;
  bj::basic_parser<Builder> parser(options);
  bj::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (parser.handler().duplicate()) {
    const std::string& name = *parser.handler().duplicate();
    return fail(Code::invalid_argument, "The field is given twice; give it once.", "duplicate_field",
                name.substr(0, 64));
  }
  if (error) {
    return fail(Code::invalid_argument, fmt::format("The body is not JSON: {} at byte {}.", error.message(), used),
                "malformed_json");
  }
  if (used < text.size()) {
    return fail(Code::invalid_argument, fmt::format("The body is not JSON: more text after the end, at byte {}.", used),
                "malformed_json");
  }
  return parser.handler().take();
}

}  // namespace keyledger::json
