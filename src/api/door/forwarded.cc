#include "api/door/forwarded.h"

#include <algorithm>

#include "api/door/fields.h"
#include "service/admission/admission.h"

namespace keyledger::api {
namespace {

constexpr std::size_t kHeadersUsual = 8, kHeaderBytesUsual = 320;  // with one limit

template <typename Fields>
void add_owner(Fields& fields, const service::Admitted& admitted) {
  add_number(fields, "X-Keyledger-Key-Id", admitted.key_id.value);
  add_number(fields, "X-Keyledger-Customer-Id", admitted.customer_id.value);
}

}  // namespace

void write_resource(std::string& resource, const Forwarded& forwarded) {
  const std::optional<std::string_view> method = forwarded.method ? forwarded.method : forwarded.other_method;
  const std::optional<std::string_view> uri = forwarded.uri ? forwarded.uri : forwarded.other_uri;
  resource = method.value_or("");
  if (uri) {
    if (!resource.empty()) resource += ' ';
    resource += uri->substr(0, uri->find_first_of("?#"));
  }
  if (resource.size() > ledger::kResourceBytesMax) resource.resize(ledger::kResourceBytesMax);
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
