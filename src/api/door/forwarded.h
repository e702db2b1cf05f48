// api/door/forwarded.h: what a proxy says of the request that it asks about, and what it is told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/answer.h"
#include "service/admission/key_table.h"

namespace keyledger::api {

/// From X-Original-Method and X-Original-URI, or else from X-Forwarded-Method and X-Forwarded-Uri.
struct Forwarded {
  std::optional<std::string_view> method{}, other_method{};
  std::optional<std::string_view> uri{}, other_uri{};
};

/// Makes `resource` "GET /things/7": without the query, in which there may be secrets; printable, and cut to what the
/// ledger keeps. Its memory is used again.
void write_resource(std::string& resource, const Forwarded& forwarded);

/// Whose key it was, for the proxy to pass on.
void add_welcome(net::Headers& headers, const service::Admitted& admitted);
void add_welcome(net::PromptAnswer& answer, const service::Admitted& admitted);

}  // namespace keyledger::api
