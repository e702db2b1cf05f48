#include "service/billing/plans.h"

#include <fmt/format.h>

#include "base/fields.h"
#include "domain/rentals/rules.h"
#include "service/audit.h"
#include "service/key_rules.h"
#include "store/billing/plan_store.h"

namespace keyledger::service {
namespace {

using billing::Plan;
using billing::PlanId;
using rentals::fold_name;
using store::PlanStore;
using store::Transaction;

constexpr std::size_t kDescriptionMax = 2'000;

std::string subject(PlanId id) {
  return fmt::format("plans/{}", id.value);
}

PlanView to_view(Plan plan) {
  std::string sentence = billing::plan_sentence(plan.terms);
  return {std::move(plan), std::move(sentence)};
}

Result<PlanView> view_plan(Transaction& transaction, PlanId id) {
  Result<Plan> plan = PlanStore::get(transaction, id);
  if (!plan) return std::unexpected(plan.error());
  return to_view(std::move(*plan));
}

/// Name, description and terms as they are to be stored.
Result<Plan> checked_plan(Plan plan) {
  Result<std::string> name = fields::check_name(plan.name);
  if (!name) return std::unexpected(name.error());
  Result<std::string> description = fields::check_lines(plan.description, "description", kDescriptionMax);
  if (!description) return std::unexpected(description.error());
  const Result<void> terms = billing::check_terms(plan.terms);
  if (!terms) return std::unexpected(terms.error());
  plan.name = std::move(*name);
  plan.description = std::move(*description);
  return plan;
}

Result<PlanView> insert_plan(Transaction& transaction, const Core& core, const Actor& actor, const Plan& plan,
                             const Once<PlanView>& once) {
  const Result<std::int64_t> count = PlanStore::count(transaction);
  if (!count) return std::unexpected(count.error());
  if (*count >= Plans::kPlansMax) {
    return fail(Code::conflict, fmt::format("There are {} plans already; change one of them.", Plans::kPlansMax),
                "too_many_plans");
  }
  const Result<PlanId> id = PlanStore::insert(transaction, plan, fold_name(plan.name));
  if (!id) return std::unexpected(id.error());
  Result<void> done = record_audit(transaction, plan.created_at, actor, "plans.create", subject(*id),
                                   {{"name", plan.name}, {"terms", billing::plan_sentence(plan.terms)}});
  if (!done) return std::unexpected(done.error());
  Result<PlanView> made = view_plan(transaction, *id);
  if (!made) return made;
  done = Idempotency::remember(transaction, core, once, *made);
  if (!done) return std::unexpected(done.error());
  return made;
}

Result<PlanView> change_plan(Transaction& transaction, const Actor& actor, PlanId id, const PlanPatch& patch,
                             Instant now) {
  const Result<Plan> old = PlanStore::get(transaction, id);
  if (!old) return std::unexpected(old.error());
  Plan changed = *old;
  if (patch.name) changed.name = *patch.name;
  if (patch.description) changed.description = *patch.description;
  if (patch.terms) changed.terms = *patch.terms;
  changed.updated_at = now;
  Result<Plan> plan = checked_plan(std::move(changed));
  if (!plan) return std::unexpected(plan.error());
  if (plan->terms.currency != old->terms.currency && old->subscribers > 0) {
    return fail(Code::conflict, "Customers have subscribed to this plan in its currency; make another plan.",
                "plan_currency_in_use", "currency");
  }
  Result<void> done = PlanStore::update(transaction, *plan, fold_name(plan->name));
  if (done && (plan->terms != old->terms || plan->name != old->name)) {
    ++plan->version;
    done = PlanStore::add_version(transaction, *plan);
  }
  if (!done) return std::unexpected(done.error());
  done = record_audit(transaction, now, actor, "plans.update", subject(id),
                      {{"name", plan->name},
                       {"version", std::to_string(plan->version)},
                       {"terms", billing::plan_sentence(plan->terms)}});
  if (!done) return std::unexpected(done.error());
  return view_plan(transaction, id);
}

Result<PlanView> archive_plan(Transaction& transaction, const Actor& actor, PlanId id, bool archived, Instant now) {
  Result<Plan> plan = PlanStore::get(transaction, id);
  if (!plan) return std::unexpected(plan.error());
  if (plan->archived_at.has_value() == archived) return to_view(std::move(*plan));
  plan->archived_at = archived ? std::optional{now} : std::nullopt;
  plan->updated_at = now;
  Result<void> done = PlanStore::update(transaction, *plan, fold_name(plan->name));
  if (!done) return std::unexpected(done.error());
  done = record_audit(transaction, now, actor, archived ? "plans.archive" : "plans.restore", subject(id),
                      {{"name", plan->name}});
  if (!done) return std::unexpected(done.error());
  return to_view(std::move(*plan));
}

}  // namespace

runtime::Task<Result<std::vector<PlanView>>> Plans::list(PlanQuery query) const {
  PlanStore::Filter filter{query.after, query.search.empty() ? "" : like_pattern(query.search), query.archived,
                           query.limit + 1};
  auto read = [filter = std::move(filter)](Transaction& transaction) -> Result<std::vector<PlanView>> {
    Result<std::vector<Plan>> plans = PlanStore::list(transaction, filter);
    if (!plans) return std::unexpected(plans.error());
    std::vector<PlanView> views;
    for (Plan& plan : *plans) views.push_back(to_view(std::move(plan)));
    return views;
  };
  Result<std::vector<PlanView>> page = co_await core_.store->readers().run<std::vector<PlanView>>(std::move(read));
  co_return page;
}

runtime::Task<Result<PlanView>> Plans::get(PlanId id) const {
  auto read = [id](Transaction& transaction) { return view_plan(transaction, id); };
  Result<PlanView> plan = co_await core_.store->readers().run<PlanView>(std::move(read));
  co_return plan;
}

runtime::Task<Result<std::vector<PlanVersionView>>> Plans::versions(PlanId id) const {
  auto read = [id](Transaction& transaction) -> Result<std::vector<PlanVersionView>> {
    Result<std::vector<PlanStore::Version>> versions = PlanStore::versions(transaction, id);
    if (!versions) return std::unexpected(versions.error());
    if (versions->empty()) return store::unknown_plan(id);
    std::vector<PlanVersionView> views;
    for (PlanStore::Version& each : *versions) {
      std::string sentence = billing::plan_sentence(each.version.terms);
      views.push_back({std::move(each.version), std::move(sentence), each.made_at});
    }
    return views;
  };
  using Views = std::vector<PlanVersionView>;
  Result<Views> versions = co_await core_.store->readers().run<Views>(std::move(read));
  co_return versions;
}

runtime::Task<Result<PlanView>> Plans::create(Actor actor, PlanDraft draft, Once<PlanView> once) {
  const Instant now = core_.clock->now();
  Result<Plan> plan = checked_plan({.name = std::move(draft.name),
                                    .description = std::move(draft.description),
                                    .terms = std::move(draft.terms),
                                    .created_at = now,
                                    .updated_at = now});
  if (!plan) co_return std::unexpected(std::move(plan.error()));
  auto mutation = [core = core_, actor = std::move(actor), plan = std::move(*plan), once = std::move(once)](
                      Transaction& transaction) { return insert_plan(transaction, core, actor, plan, once); };
  Result<PlanView> made = co_await core_.store->writer().run<PlanView>(std::move(mutation));
  co_return made;
}

runtime::Task<Result<PlanView>> Plans::update(Actor actor, PlanId id, PlanPatch patch) {
  auto mutation = [actor = std::move(actor), id, patch = std::move(patch), now = core_.clock->now()](
                      Transaction& transaction) { return change_plan(transaction, actor, id, patch, now); };
  Result<PlanView> changed = co_await core_.store->writer().run<PlanView>(std::move(mutation));
  co_return changed;
}

runtime::Task<Result<PlanView>> Plans::archive(Actor actor, PlanId id, bool archived) {
  auto mutation = [actor = std::move(actor), id, archived, now = core_.clock->now()](Transaction& transaction) {
    return archive_plan(transaction, actor, id, archived, now);
  };
  Result<PlanView> changed = co_await core_.store->writer().run<PlanView>(std::move(mutation));
  co_return changed;
}

}  // namespace keyledger::service
