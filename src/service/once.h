// service/once.h: a request that is repeated under the same Idempotency-Key has its effect once.
//
// The first answer is stored in the transaction of its effect, so that neither is ever there without the other.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "service/core.h"
#include "store/database.h"

namespace keyledger::service {

struct StoredAnswer {
  std::int64_t status = 0;
  std::string body{};
};

/// What a use case needs to remember its answer: the ticket of this request and how the answer is written.
/// Without a ticket nothing is remembered.
struct OnceTicket {
  std::string scope{};  // who asks, and for which route
  std::string key{};
  std::string body_digest{};
};
template <typename T>
struct Once {
  std::optional<OnceTicket> ticket{};
  std::function<StoredAnswer(const T&)> render{};
};

class Idempotency {
 public:
  explicit Idempotency(Core core) : core_(core) {}

  /// Checks a key's form: 1 to 255 printable ASCII characters. Errors: invalid_argument, malformed_idempotency_key.
  [[nodiscard]] static Result<void> check(std::string_view key);

  /// Begins a request: nothing if it is new (then `end` has to follow), or the answer to repeat.
  /// Errors: conflict, reason idempotency_key_in_use (the first still runs); invalid_argument, reason
  ///         idempotency_key_reused (another body; the API answers 422).
  [[nodiscard]] runtime::Task<Result<std::optional<StoredAnswer>>> begin(OnceTicket ticket);
  void end(const OnceTicket& ticket);

  /// Remembers the answer, inside the transaction of the effect.
  template <typename T>
  [[nodiscard]] static Result<void> remember(store::Transaction& transaction, const Core& core, const Once<T>& once,
                                             const T& value) {
    if (!once.ticket) return {};
    return store_answer(transaction, core, *once.ticket, once.render(value));
  }

  /// Forgets answers older than a day.
  [[nodiscard]] runtime::Task<Result<std::int64_t>> forget_old();

 private:
  static Result<void> store_answer(store::Transaction& transaction, const Core& core, const OnceTicket& ticket,
                                   const StoredAnswer& answer);

  Core core_;
  std::mutex mutex_{};
  std::set<std::pair<std::string, std::string>> running_{};
};

}  // namespace keyledger::service
