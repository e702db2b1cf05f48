// providers/perplexity/perplexity.h: Perplexity, which has neither a balance nor a documented way to test a key for
// free.
#pragma once

#include "providers/table/table_provider.h"

namespace keyledger::providers::perplexity {

class Perplexity final : public table::TableProvider {
 public:
  Perplexity(const Http* http, const Clock* clock);

  /// Asks for the list of models, then, since it is not certain that the list refuses a wrong key, for a completion
  /// without model and messages. A wrong key is answered 401 before anything else is looked at, a right one 400 or 422:
  /// there is nothing to complete, so nothing is billed. A one-token completion would settle it, but costs money.
  [[nodiscard]] Task<KeyTest> test(Access access) const override;
};

}  // namespace keyledger::providers::perplexity
