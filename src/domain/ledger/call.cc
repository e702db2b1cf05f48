#include "domain/ledger/call.h"

#include "base/utf8.h"

namespace keyledger::ledger {
namespace {

std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;  // back to the beginning of the character that is cut in two: at most 3 bytes
  while (end > 0 && bytes_max - end < 4 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  const bool whole = utf8::sequence_length(text.substr(end)) > bytes_max - end;
  return text.substr(0, whole ? end : bytes_max);
}

}  // namespace

Call fitting(Call call) {
  call.action = cut(call.action, kActionBytesMax);
  call.resource = cut(call.resource, kResourceBytesMax);
  call.user_agent = cut(call.user_agent, kUserAgentBytesMax);
  return call;
}

Call OwnedCall::view() const {
  Call viewed = call;
  viewed.action = action;
  viewed.resource = resource;
  viewed.user_agent = user_agent;
  return viewed;
}

}  // namespace keyledger::ledger
