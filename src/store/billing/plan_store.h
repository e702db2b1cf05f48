// store/billing/plan_store.h: plans and every version of their terms.
#pragma once

#include "domain/billing/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class PlanStore {
 public:
  struct Filter {
    billing::PlanId after{};
    std::string like{};  // "%text%", folded; empty: all
    bool archived = false;
    std::int64_t limit = 0;
  };
  /// By id, with the newest terms.
  [[nodiscard]] static Result<std::vector<billing::Plan>> list(Transaction& transaction, const Filter& filter);
  /// Errors: not_found, reason unknown_plan.
  [[nodiscard]] static Result<billing::Plan> get(Transaction& transaction, billing::PlanId id);
  [[nodiscard]] static Result<std::int64_t> count(Transaction& transaction);

  /// With version 1. Errors: conflict, reason duplicate_plan.
  [[nodiscard]] static Result<billing::PlanId> insert(Transaction& transaction, const billing::Plan& plan,
                                                      const std::string& folded);
  /// Name, description and archived_at. Errors: conflict, reason duplicate_plan; not_found.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const billing::Plan& plan,
                                           const std::string& folded);
  /// The plan's name and terms as its version `plan.version`, which is new.
  [[nodiscard]] static Result<void> add_version(Transaction& transaction, const billing::Plan& plan);

  struct Version {
    billing::PlanVersion version{};
    Instant made_at{};
  };
  /// Newest first.
  [[nodiscard]] static Result<std::vector<Version>> versions(Transaction& transaction, billing::PlanId id);
  /// Errors: not_found, reason unknown_plan, where there is no such version.
  [[nodiscard]] static Result<billing::PlanVersion> version(Transaction& transaction, billing::PlanId id,
                                                            std::int64_t version);
};

[[nodiscard]] std::unexpected<Error> unknown_plan(billing::PlanId id);

}  // namespace keyledger::store
