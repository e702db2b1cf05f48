// api/documents.h: the description of this API as the program carries it, made from openapi.yaml when it is built.
#pragma once

#include <span>
#include <string_view>

namespace keyledger::api {

[[nodiscard]] std::string_view openapi_json();
[[nodiscard]] std::string_view docs_html();
[[nodiscard]] std::string_view docs_css();

/// What a code of a failure means. In the order of the codes.
struct ProblemText {
  std::string_view code{};
  unsigned status = 0;
  std::string_view meaning{};  // as HTML
};
[[nodiscard]] std::span<const ProblemText> problem_texts();

}  // namespace keyledger::api
