// Targets: what is taken has a clean path, and encoding it again leads to the same.
#include "fuzz/property.h"
#include "net/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keyledger;
  const auto target = net::parse_target(fuzz::text_of(data, size));
  if (!target) return 0;
  fuzz::holds(target->path.starts_with('/'), "a path begins with a slash");
  fuzz::holds(target->path.find('\0') == std::string::npos, "and has no NUL");
  fuzz::holds(target->path.find("/../") == std::string::npos && !target->path.ends_with("/.."), "and leads nowhere up");
  std::string again;
  for (const char c : target->path) {
    if (c == '/') {
      again += '/';
    } else {
      net::append_percent_encoded(again, std::string_view{&c, 1});
    }
  }
  const auto same = net::parse_target(again);
  fuzz::holds(same.has_value() && same->path == target->path, "encoded again it is the same path");
  return 0;
}
