// providers/xai/xai.h: xAI. An inference key (standard) can only be tested; balance and cost need a management key
// (admin), which lives on a host of its own.
#pragma once

#include <string>

#include "providers/table/table_provider.h"

namespace keyledger::providers::xai {

class Xai final : public table::TableProvider {
 public:
  Xai(const Http* http, const Clock* clock);

  [[nodiscard]] Task<KeyTest> test(Access access) const override;
  /// The team, which is also the identity. Only for a management key.
  [[nodiscard]] Task<Discovery> discover(Access access) const override;
  /// Dollars by day, as dataset `costs`. Only for a management key.
  [[nodiscard]] Task<Fetched> fetch(Access access, FetchRequest request) const override;
  /// Prepaid balance and the invoice of this month. Nothing for an inference key.
  [[nodiscard]] Task<Readings> readings(Access access) const override;

 private:
  [[nodiscard]] net::BaseUrl management_base(const Access& access) const;
  [[nodiscard]] Call validation_call(const Access& access, Patience patience) const;
};

}  // namespace keyledger::providers::xai
