// api/door/guide.h: the customers' guide, made for this installation.
#pragma once

#include <string>
#include <string_view>

#include "net/message.h"

namespace keyledger::api {

struct GuideFacts {
  std::string base_url{}, prefix{}, timezone{};
};

/// `template_text` with {{base_url}}, {{prefix}} and {{timezone}} filled in, each escaped for HTML.
[[nodiscard]] std::string fill_guide(std::string_view template_text, const GuideFacts& facts);

/// Where the reader of the page reaches us: the setting, or else what its Host header says. A Host with anything but
/// the characters of a host and a port in it is not repeated.
[[nodiscard]] std::string base_url_for(const net::Request& request, std::string_view public_url);

}  // namespace keyledger::api
