#include "net/ascii.h"

#include "base/utf8.h"

namespace keyledger::net {

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8::sequence_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

}  // namespace keyledger::net
