// api/customer_keys/key_json.h: a customer key as JSON.
#pragma once

#include "json/write.h"
#include "service/customers/customer_keys.h"

namespace keyledger::api {

/// The members as they are described; metadata as the object that it is.
void write_key_members(json::Writer& out, const service::CustomerKeyView& key);
[[nodiscard]] std::string key_json(const service::CustomerKeyView& key);

}  // namespace keyledger::api
