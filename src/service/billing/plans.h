// service/billing/plans.h: what can be sold, in versions.
#pragma once

#include "domain/billing/records.h"
#include "service/actor.h"
#include "service/core.h"
#include "service/once.h"

namespace keyledger::service {

struct PlanDraft {
  std::string name{}, description{};
  billing::PlanTerms terms{};
};

/// Absent members stay as they are. Terms are replaced as a whole, and make a new version.
struct PlanPatch {
  std::optional<std::string> name{}, description{};
  std::optional<billing::PlanTerms> terms{};
};

struct PlanQuery {
  billing::PlanId after{};
  std::string search{};
  bool archived = false;  // these too
  std::int64_t limit = 50;
};

/// A plan and how it reads.
struct PlanView {
  billing::Plan plan{};
  std::string sentence{};  // "$20 a month with 10 rentals, then $1.50 each"
};

struct PlanVersionView {
  billing::PlanVersion version{};
  std::string sentence{};
  Instant made_at{};
};

class Plans {
 public:
  static constexpr std::int64_t kPlansMax = 1'000;

  explicit Plans(Core core) : core_(core) {}

  [[nodiscard]] runtime::Task<Result<std::vector<PlanView>>> list(PlanQuery query) const;
  /// Errors: not_found, reason unknown_plan.
  [[nodiscard]] runtime::Task<Result<PlanView>> get(billing::PlanId id) const;
  /// Every version, newest first. Errors: not_found, reason unknown_plan.
  [[nodiscard]] runtime::Task<Result<std::vector<PlanVersionView>>> versions(billing::PlanId id) const;
  /// Errors: those of billing::check_terms; missing_name, too_long; conflict, reasons duplicate_plan, too_many_plans.
  [[nodiscard]] runtime::Task<Result<PlanView>> create(Actor actor, PlanDraft draft, Once<PlanView> once);
  /// New terms hold from each subscription's next period on; periods that have begun, and invoices, stay as they are.
  /// Errors: as create; conflict, reason plan_currency_in_use (the currency changes while somebody subscribes).
  [[nodiscard]] runtime::Task<Result<PlanView>> update(Actor actor, billing::PlanId id, PlanPatch patch);
  /// Takes no new subscriptions from now on; those that are there go on. And back.
  [[nodiscard]] runtime::Task<Result<PlanView>> archive(Actor actor, billing::PlanId id, bool archived);

 private:
  Core core_;
};

}  // namespace keyledger::service
