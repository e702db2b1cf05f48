// Strict JSON: what is taken stays the same when it is written and read again, and never is too deep.
#include "fuzz/property.h"
#include "json/value.h"
#include "json/write.h"

namespace keyledger {
namespace {

constexpr json::Limits kLimits{.depth_max = 32, .bytes_max = 1 << 20};

std::string written(const json::Value& value) {
  json::Writer out;
  json::write(out, value);
  return out.take();
}

std::size_t depth(const json::Value& value) {
  std::size_t deepest = 0;
  for (const json::Value& item : value.items()) deepest = std::max(deepest, depth(item));
  if (value.object() != nullptr) {
    for (const auto& member : *value.object()) deepest = std::max(deepest, depth(member.second));
  }
  return deepest + (value.array() != nullptr || value.object() != nullptr ? 1 : 0);
}

void look_into(const json::Value& value) {
  static_cast<void>(value.kind());
  static_cast<void>(value.integer());
  static_cast<void>(value["a"]);
  if (const std::optional<std::string_view> decimal = value.decimal()) static_cast<void>(parse_amount(*decimal));
  for (const json::Value& item : value.items()) look_into(item);
}

}  // namespace
}  // namespace keyledger

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keyledger;
  const Result<json::Value> value = json::parse(fuzz::text_of(data, size), kLimits);
  if (!value) {
    fuzz::holds(!value.error().message.empty() && !value.error().reason.empty(), "a refusal says why");
    return 0;
  }
  fuzz::holds(depth(*value) <= kLimits.depth_max, "no deeper than the limit");
  look_into(*value);
  const std::string once = written(*value);
  const Result<json::Value> again = json::parse(once, kLimits);
  fuzz::holds(again.has_value(), "what was written is read");
  fuzz::holds(written(*again) == once, "and is the same");
  return 0;
}
