#include "api/door/forwarded.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/admission/admission.h"

namespace keyledger::api {
namespace {

constexpr std::size_t kHeadersUsual = 8, kHeaderBytesUsual = 320;  // with one limit

template <typename Fields>
void add_number(Fields& fields, std::string_view name, std::int64_t number) {
  const fmt::format_int digits{number};
  fields.add(name, std::string_view{digits.data(), digits.size()});
}

template <typename Fields>
void add_owner(Fields& fields, const service::Admitted& admitted) {
  add_number(fields, "X-Keyledger-Key-Id", admitted.key_id.value);
  add_number(fields, "X-Keyledger-Customer-Id", admitted.customer_id.value);
}

}  // namespace

void append_resource(std::string& resource, const Forwarded& forwarded) {
  const std::optional<std::string_view> method = forwarded.method ? forwarded.method : forwarded.other_method;
  const std::optional<std::string_view> uri = forwarded.uri ? forwarded.uri : forwarded.other_uri;
  const std::size_t begin = resource.size();
  resource += method.value_or("");
  if (uri) {
    if (resource.size() > begin) resource += ' ';
    resource += uri->substr(0, uri->find_first_of("?#"));
  }
  if (resource.size() - begin > ledger::kResourceBytesMax) resource.resize(begin + ledger::kResourceBytesMax);
  std::ranges::replace_if(
      resource, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
}

void add_welcome(net::Headers& headers, const service::Admitted& admitted) {
  headers.reserve(kHeadersUsual, kHeaderBytesUsual);
  add_owner(headers, admitted);
}

void add_welcome(net::PromptAnswer& answer, const service::Admitted& admitted) {
  add_owner(answer, admitted);
}

}  // namespace keyledger::api
