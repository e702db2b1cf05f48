// providers/openrouter/openrouter.h: OpenRouter. Inference and management keys look the same; GET /key tells them
// apart.
#pragma once

#include "providers/table/table_provider.h"

namespace keyledger::providers::openrouter {

class OpenRouter final : public table::TableProvider {
 public:
  OpenRouter(const Http* http, const Clock* clock);

  /// Every key of the account with its digest. Only a management key may; another has the finding admin_key_needed.
  [[nodiscard]] Task<Discovery> discover(Access access) const override;
  /// The account's activity by day and model, as dataset `activity`. Only the last 30 days, only for a management key.
  [[nodiscard]] Task<Fetched> fetch(Access access, FetchRequest request) const override;
  /// The key's own totals, and for a management key the account's balance.
  [[nodiscard]] Task<Readings> readings(Access access) const override;

 private:
  /// A call that only a management key may make: for any other, 403 means admin_key_needed.
  [[nodiscard]] Call management_call(const Access& access, std::string target) const;
};

}  // namespace keyledger::providers::openrouter
