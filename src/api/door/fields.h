// api/door/fields.h: what is said in fields of an answer, whether that is a Reply's or goes straight out.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace keyledger::api {

/// `Fields` is net::Headers or net::PromptAnswer.
template <typename Fields>
void add_number(Fields& fields, std::string_view name, std::int64_t number) {
  const fmt::format_int digits{number};
  fields.add(name, std::string_view{digits.data(), digits.size()});
}

}  // namespace keyledger::api
