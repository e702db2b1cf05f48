#include "domain/ledger/chain.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace keyledger::ledger {
namespace {

constexpr std::string_view kPrefix = "keyledger block 1\n";

/// Writes from the front of a buffer that is large enough.
class ByteWriter {
 public:
  explicit ByteWriter(std::uint8_t* out) : out_(out) {}
  void number(std::int64_t value, int bytes = 8) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (int byte = 0; byte < bytes; ++byte) *out_++ = static_cast<std::uint8_t>(bits >> (8 * byte));
  }
  void bytes(const void* data, std::size_t count) {
    if (count > 0) std::memcpy(out_, data, count);
    out_ += count;
  }
  [[nodiscard]] std::uint8_t* end() const { return out_; }

 private:
  std::uint8_t* out_;
};

}  // namespace

std::span<const std::uint8_t> encode(const Event& event, EventBuffer& buffer) {
  const Call& call = event.call;
  ByteWriter out(buffer.data());
  out.number(event.id.value);
  out.number(to_millis(call.at));
  out.number(call.customer_key_id.value);
  out.number(event.previous_id.value);
  out.number(call.rental_account_id.value);
  out.number(call.website_id.value);
  out.number(call.units);
  out.number(call.duration.count());
  out.number(call.http_status, 2);
  out.number(static_cast<std::uint8_t>(call.status), 1);
  out.bytes(call.address.bytes().data(), call.address.bytes().size());
  for (const std::string_view text : {call.action, call.resource, call.user_agent}) {
    out.number(static_cast<std::int64_t>(text.size()), 4);
  }
  out.bytes(call.action.data(), std::min(call.action.size(), kActionBytesMax));
  out.bytes(call.resource.data(), std::min(call.resource.size(), kResourceBytesMax));
  out.bytes(call.user_agent.data(), std::min(call.user_agent.size(), kUserAgentBytesMax));
  return {buffer.data(), out.end()};
}

void BlockHasher::begin(const crypto::Digest& previous) {
  hash_.reset();
  hash_.add({reinterpret_cast<const std::uint8_t*>(kPrefix.data()), kPrefix.size()});
  hash_.add(previous);
  events_ = 0;
}

void BlockHasher::add(const Event& event) {
  EventBuffer buffer;
  hash_.add(encode(event, buffer));
  ++events_;
}

crypto::Digest BlockHasher::finish() {
  const crypto::Digest hash = hash_.finish();
  begin(hash);
  return hash;
}

}  // namespace keyledger::ledger
