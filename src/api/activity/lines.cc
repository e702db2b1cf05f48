#include "api/activity/lines.h"

#include <fmt/format.h>

namespace keyledger::api {

void write_line(json::Writer& out, const service::ActivityLine& line) {
  namespace describe = boost::describe;
  out.begin_object();
  boost::mp11::mp_for_each<describe::describe_members<service::ActivityLine, describe::mod_public>>([&](auto member) {
    const auto& value = line.*member.pointer;
    if constexpr (std::is_same_v<decltype(value), const std::chrono::microseconds&>) {
      out.name("duration_ms").raw(fmt::format("{}.{:03}", value.count() / 1'000, value.count() % 1'000));
    } else {
      json::write(out.name(member.name), value);
    }
  });
  out.end_object();
}

}  // namespace keyledger::api
