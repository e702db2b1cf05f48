// net/prompt.h: answers without a coroutine, for the few addresses that every call of a customer goes to.
//
// A connection keeps one PromptCall and uses it again for each request to the same address, so that in the long run a
// call allocates nothing. Whatever is out of the ordinary is left to the route's handler, which does all that this
// does.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "net/answer.h"
#include "net/message.h"
#include "runtime/waiter.h"

namespace keyledger::net {

/// A GET request without a body, as it lies in the connection's input.
struct PromptRequest {
  std::string_view query{};  // what follows the question mark, as it came
  std::span<const HeaderField> headers{};
  const Peer* peer = nullptr;
};

class PromptCall {
 public:
  virtual ~PromptCall() = default;

  /// What has to be waited for before the answer; null where the handler has to take the request: then nothing has
  /// happened. The request's texts stay where they are until `answer` returns, its list of headers does not.
  [[nodiscard]] virtual runtime::Waiter* begin(const PromptRequest& request) noexcept = 0;

  /// What was waited for has come.
  virtual void answer(PromptAnswer& answer) noexcept = 0;
};

using MakePromptCall = std::function<std::unique_ptr<PromptCall>()>;

}  // namespace keyledger::net
