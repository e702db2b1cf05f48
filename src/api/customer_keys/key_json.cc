#include "api/customer_keys/key_json.h"

namespace keyledger::api {

void write_key_members(json::Writer& out, const service::CustomerKeyView& key) {
  json::write_members(out, key);
  out.name("metadata");
  if (key.metadata.empty()) {
    out.null();
  } else {
    out.raw(key.metadata);
  }
}

std::string key_json(const service::CustomerKeyView& key) {
  json::Writer out;
  out.begin_object();
  write_key_members(out, key);
  out.end_object();
  return out.take();
}

}  // namespace keyledger::api
