// providers/github/github.h: GitHub. A token is a person's; what the person was billed can be read with one permission.
#pragma once

#include <string>

#include "providers/table/table_provider.h"

namespace keyledger::providers::github {

class GitHub final : public table::TableProvider {
 public:
  GitHub(const Http* http, const Clock* clock);

  /// The login, as identity: two tokens of one person see the same bill.
  [[nodiscard]] Task<Discovery> discover(Access access) const override;
  /// What was billed to the personal account by day, as dataset `billing_usage`. Without the permission, 403 or 404,
  /// the finding is missing_scope.
  [[nodiscard]] Task<Fetched> fetch(Access access, FetchRequest request) const override;

 private:
  [[nodiscard]] Call billing_call(const Access& access, const std::string& login, std::chrono::year_month month) const;
};

}  // namespace keyledger::providers::github
