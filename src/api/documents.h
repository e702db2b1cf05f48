// api/documents.h: the description of this API as the program carries it, made from openapi.yaml when it is built.
#pragma once

#include <string_view>

namespace keyledger::api {

[[nodiscard]] std::string_view openapi_json();
[[nodiscard]] std::string_view docs_html();
[[nodiscard]] std::string_view docs_css();

}  // namespace keyledger::api
