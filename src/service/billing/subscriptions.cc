#include "service/billing/subscriptions.h"

#include <fmt/format.h>

#include <set>

#include "base/log.h"
#include "service/audit.h"
#include "service/billing/subscription_news.h"
#include "service/billing/subscription_rules.h"
#include "service/customers/key_records.h"
#include "store/billing/plan_store.h"
#include "store/billing/subscription_store.h"
#include "store/customer_store.h"

namespace keyledger::service {
namespace {

using billing::PlanChange;
using billing::PlanId;
using billing::Subscription;
using billing::SubscriptionId;
using store::PlanStore;
using store::SubscriptionStore;
using store::Transaction;

std::string subject_of(SubscriptionId id) {
  return fmt::format("subscriptions/{}", id.value);
}

/// What is not there was named by this member of the body.
std::unexpected<Error> in_field(Error error, std::string_view field) {
  if (error.code == Code::not_found) error.field = field;
  return std::unexpected(std::move(error));
}

std::string day_text(LocalDay day) {
  return to_string(Day{day.time_since_epoch()});
}

/// "start" of "subscriptions.start".
std::string_view word_of(std::string_view action) {
  return action.substr(action.find('.') + 1);
}

/// A row, and where its customer is in time.
struct Located {
  SubscriptionStore::Row row{};
  Zone zone{};
  LocalDay today{};
};

class SubscriptionAct {
 public:
  SubscriptionAct(Transaction& transaction, KeyTable* table, const Subscriptions::Hooks& hooks, Instant now)
      : transaction_(transaction), table_(table), hooks_(hooks), now_(now) {}

  [[nodiscard]] Located locate(SubscriptionStore::Row row) const {
    const Zone zone = hooks_.zone_named(row.timezone);
    return {std::move(row), zone, zone.day_of(now_)};
  }
  [[nodiscard]] Result<Located> find(SubscriptionId id) const {
    Result<SubscriptionStore::Row> row = SubscriptionStore::get(transaction_, id);
    if (!row) return std::unexpected(row.error());
    return locate(std::move(*row));
  }

  [[nodiscard]] Result<SubscriptionView> view(const Located& located) const {
    const Subscription& subscription = located.row.subscription;
    SubscriptionView view{.subscription = subscription,
                          .customer_name = located.row.customer_name,
                          .status = status_of(subscription, located.today),
                          .timezone = std::string{located.zone.name()}};
    const PlanChange& change = change_on(subscription, located.today);
    view.period = billing::period_of(subscription.agreement.anchor, std::max(located.today, change.from));
    const Result<billing::PlanVersion> plan = plan_on(located, change);
    if (!plan) return std::unexpected(plan.error());
    view.plan_id = change.plan_id;
    view.plan_name = plan->name;
    view.monthly_nanos = change.monthly_nanos;
    view.sentence = billing::plan_sentence(plan->terms);
    for (const PlanChange& later : subscription.agreement.changes) {
      if (later.from <= std::max(located.today, change.from)) continue;
      const Result<billing::Plan> next = PlanStore::get(transaction_, later.plan_id);
      if (!next) return std::unexpected(next.error());
      view.next_change = later;
      view.next_plan_name = next->name;
      break;
    }
    return view;
  }

  /// Gives the customer's keys the limits of today's plan, or their own, where that is not so yet.
  [[nodiscard]] Result<bool> apply(Located& located) const {
    Subscription& subscription = located.row.subscription;
    billing::PlanId plan{};
    std::int64_t version = 0;
    const SubscriptionStatus status = status_of(subscription, located.today);
    if (status != SubscriptionStatus::ended && status != SubscriptionStatus::upcoming) {
      const PlanChange& change = change_on(subscription, located.today);
      const Result<std::int64_t> in_force = version_on(located, change);
      if (!in_force) return std::unexpected(in_force.error());
      plan = change.plan_id;
      version = *in_force;
    }
    if (subscription.applied_plan_id == plan && subscription.applied_version == version) return false;
    subscription.applied_plan_id = plan;
    subscription.applied_version = version;
    const Result<void> saved = SubscriptionStore::update(transaction_, subscription);
    if (!saved) return std::unexpected(saved.error());
    const Result<std::vector<CustomerKeyId>> keys = SubscriptionStore::keys_of(transaction_, subscription.customer_id);
    if (!keys) return std::unexpected(keys.error());
    for (const CustomerKeyId key : *keys) {
      const Result<void> put = put_after_commit(transaction_, table_, key, now_);
      if (!put) return std::unexpected(put.error());
    }
    return true;
  }

  /// Saves what was changed, applies it, and notes who did it.
  [[nodiscard]] Result<SubscriptionView> finish(const Actor& actor, std::string_view action, Located located) const {
    located.row.subscription.updated_at = now_;
    const Result<void> saved = SubscriptionStore::update(transaction_, located.row.subscription);
    if (!saved) return std::unexpected(saved.error());
    const Result<bool> applied = apply(located);
    if (!applied) return std::unexpected(applied.error());
    Result<SubscriptionView> shown = view(located);
    if (!shown) return shown;
    const billing::Agreement& agreement = located.row.subscription.agreement;
    const Result<void> noted = record_audit(transaction_, now_, actor, action, subject_of(located.row.subscription.id),
                                            {{"customer", located.row.customer_name},
                                             {"plan", shown->next_change ? shown->next_plan_name : shown->plan_name},
                                             {"from", day_text(agreement.changes.back().from)},
                                             {"ends", agreement.ends ? day_text(*agreement.ends) : ""}});
    if (!noted) return std::unexpected(noted.error());
    const Result<void> told = tell_subscription(transaction_, hooks_.webhooks, *shown, word_of(action), now_);
    if (!told) return std::unexpected(told.error());
    return shown;
  }

  /// What was agreed to before has come into force.
  [[nodiscard]] Result<void> tell_applied(const Located& located) const {
    if (hooks_.webhooks == nullptr) return {};
    const Result<SubscriptionView> shown = view(located);
    if (!shown) return std::unexpected(shown.error());
    return tell_subscription(transaction_, hooks_.webhooks, *shown, "apply", now_);
  }

 private:
  /// The version that the customer has on this day.
  [[nodiscard]] Result<std::int64_t> version_on(const Located& located, const PlanChange& change) const {
    const LocalDay day = std::max(located.today, change.from);
    const LocalDay period = billing::period_of(located.row.subscription.agreement.anchor, day).from;
    return SubscriptionStore::version_in_force(transaction_, change,
                                               located.zone.start_of(std::max(period, change.from)));
  }
  [[nodiscard]] Result<billing::PlanVersion> plan_on(const Located& located, const PlanChange& change) const {
    const Result<std::int64_t> version = version_on(located, change);
    if (!version) return std::unexpected(version.error());
    return PlanStore::version(transaction_, change.plan_id, *version);
  }

  Transaction& transaction_;
  KeyTable* table_;
  const Subscriptions::Hooks& hooks_;
  Instant now_;
};

Result<SubscriptionView> start_subscription(const SubscriptionAct& act, Transaction& transaction, const Core& core,
                                            const Actor& actor, const NewSubscription& asked,
                                            const Once<SubscriptionView>& once, const Subscriptions::Hooks& hooks,
                                            Instant now) {
  const Result<customers::Customer> customer = store::CustomerStore::get(transaction, asked.customer_id);
  if (!customer) return in_field(customer.error(), "customer_id");
  const Result<billing::Plan> plan = PlanStore::get(transaction, asked.plan_id);
  if (!plan) return in_field(plan.error(), "plan_id");
  const LocalDay today = hooks.zone_named(customer->timezone).day_of(now);
  Result<Subscription> made = begun(asked, *plan, today);
  if (!made) return std::unexpected(made.error());
  const Result<std::optional<SubscriptionStore::Row>> newest = SubscriptionStore::newest_of(transaction, customer->id);
  if (!newest) return std::unexpected(newest.error());
  if (*newest && !has_ended((*newest)->subscription, made->agreement.changes.front().from)) {
    return fail(Code::conflict, fmt::format("{} is subscribed then already; change that subscription.", customer->name),
                "already_subscribed", "customer_id");
  }
  made->created_at = made->updated_at = now;
  const Result<SubscriptionId> id = SubscriptionStore::insert(transaction, *made);
  if (!id) return std::unexpected(id.error());
  Result<Located> located = act.find(*id);
  if (!located) return std::unexpected(located.error());
  Result<SubscriptionView> shown = act.finish(actor, "subscriptions.start", std::move(*located));
  if (!shown) return shown;
  const Result<void> remembered = Idempotency::remember(transaction, core, once, *shown);
  if (!remembered) return std::unexpected(remembered.error());
  return shown;
}

}  // namespace

runtime::Task<Result<std::vector<SubscriptionView>>> Subscriptions::list(SubscriptionQuery query) const {
  auto read = [this, query,
               now = core_.clock->now()](Transaction& transaction) -> Result<std::vector<SubscriptionView>> {
    const SubscriptionAct act(transaction, table_, hooks_, now);
    Result<std::vector<SubscriptionStore::Row>> rows =
        SubscriptionStore::list(transaction, {query.after, query.customer_id, query.plan_id, query.limit + 1});
    if (!rows) return std::unexpected(rows.error());
    std::vector<SubscriptionView> views;
    for (SubscriptionStore::Row& row : *rows) {
      Result<SubscriptionView> shown = act.view(act.locate(std::move(row)));
      if (!shown) return std::unexpected(shown.error());
      views.push_back(std::move(*shown));
    }
    return views;
  };
  using Views = std::vector<SubscriptionView>;
  Result<Views> page = co_await core_.store->readers().run<Views>(std::move(read));
  co_return page;
}

runtime::Task<Result<SubscriptionView>> Subscriptions::get(SubscriptionId id) const {
  auto read = [this, id, now = core_.clock->now()](Transaction& transaction) -> Result<SubscriptionView> {
    const SubscriptionAct act(transaction, table_, hooks_, now);
    const Result<Located> located = act.find(id);
    if (!located) return std::unexpected(located.error());
    return act.view(*located);
  };
  Result<SubscriptionView> shown = co_await core_.store->readers().run<SubscriptionView>(std::move(read));
  co_return shown;
}

runtime::Task<> Subscriptions::count_new_limits(CustomerId customer) {
  if (!hooks_.refresh_counts) co_return;
  auto read = [customer](Transaction& transaction) { return SubscriptionStore::keys_of(transaction, customer); };
  using Keys = std::vector<CustomerKeyId>;
  const Result<Keys> keys = co_await core_.store->readers().run<Keys>(std::move(read));
  if (!keys) co_return;
  for (const CustomerKeyId key : *keys) {
    const Result<void> counted = co_await hooks_.refresh_counts(key);
    // What was changed stays: without it new limits count from now on.
    if (!counted) log::warn("what new limits saw before could not be counted", {{"customer_key_id", key.value}});
  }
}

runtime::Task<Result<SubscriptionView>> Subscriptions::carry_out(Mutation mutation) {
  Result<SubscriptionView> done = co_await core_.store->writer().run<SubscriptionView>(std::move(mutation));
  if (done) co_await count_new_limits(done->subscription.customer_id);
  co_return done;
}

runtime::Task<Result<SubscriptionView>> Subscriptions::start(Actor actor, NewSubscription subscription,
                                                             Once<SubscriptionView> once) {
  auto mutation = [this, actor = std::move(actor), asked = std::move(subscription), once = std::move(once),
                   now = core_.clock->now()](Transaction& transaction) {
    const SubscriptionAct act(transaction, table_, hooks_, now);
    return start_subscription(act, transaction, core_, actor, asked, once, hooks_, now);
  };
  Result<SubscriptionView> done = co_await carry_out(std::move(mutation));
  co_return done;
}

runtime::Task<Result<SubscriptionView>> Subscriptions::change(Actor actor, SubscriptionId id,
                                                              SubscriptionChange change) {
  auto mutation = [this, actor = std::move(actor), id, change,
                   now = core_.clock->now()](Transaction& transaction) -> Result<SubscriptionView> {
    const SubscriptionAct act(transaction, table_, hooks_, now);
    Result<Located> located = act.find(id);
    if (!located) return std::unexpected(located.error());
    const Result<billing::Plan> plan = PlanStore::get(transaction, change.plan_id);
    if (!plan) return in_field(plan.error(), "plan_id");
    const Result<void> changed = change_plan_of(located->row.subscription, change, *plan, located->today);
    if (!changed) return std::unexpected(changed.error());
    return act.finish(actor, "subscriptions.change", std::move(*located));
  };
  Result<SubscriptionView> done = co_await carry_out(std::move(mutation));
  co_return done;
}

runtime::Task<Result<SubscriptionView>> Subscriptions::cancel(Actor actor, SubscriptionId id, ChangeTime when) {
  auto mutation = [this, actor = std::move(actor), id, when,
                   now = core_.clock->now()](Transaction& transaction) -> Result<SubscriptionView> {
    const SubscriptionAct act(transaction, table_, hooks_, now);
    Result<Located> located = act.find(id);
    if (!located) return std::unexpected(located.error());
    const Result<void> changed = service::cancel(located->row.subscription, when, located->today);
    if (!changed) return std::unexpected(changed.error());
    return act.finish(actor, "subscriptions.cancel", std::move(*located));
  };
  Result<SubscriptionView> done = co_await carry_out(std::move(mutation));
  co_return done;
}

runtime::Task<Result<SubscriptionView>> Subscriptions::resume(Actor actor, SubscriptionId id) {
  auto mutation = [this, actor = std::move(actor), id,
                   now = core_.clock->now()](Transaction& transaction) -> Result<SubscriptionView> {
    const SubscriptionAct act(transaction, table_, hooks_, now);
    Result<Located> located = act.find(id);
    if (!located) return std::unexpected(located.error());
    const Result<void> changed = service::resume(located->row.subscription, located->today);
    if (!changed) return std::unexpected(changed.error());
    return act.finish(actor, "subscriptions.resume", std::move(*located));
  };
  Result<SubscriptionView> done = co_await carry_out(std::move(mutation));
  co_return done;
}

Result<void> Subscriptions::ensure(Transaction& transaction, const Actor& actor, CustomerId customer,
                                   PlanId plan) const {
  const Instant now = core_.clock->now();
  const SubscriptionAct act(transaction, table_, hooks_, now);
  Result<std::optional<SubscriptionStore::Row>> newest = SubscriptionStore::newest_of(transaction, customer);
  if (!newest) return std::unexpected(newest.error());
  if (*newest) {
    const Located located = act.locate(std::move(**newest));
    const Subscription& subscription = located.row.subscription;
    const bool ended = has_ended(subscription, located.today);
    if (!ended && change_on(subscription, located.today).plan_id == plan) return {};
    if (!ended) {
      return fail(Code::conflict,
                  "The customer is subscribed to another plan; change that subscription, or leave plan_id out.",
                  "already_subscribed", "plan_id");
    }
  }
  const NewSubscription asked{.customer_id = customer, .plan_id = plan};
  const Result<SubscriptionView> made = start_subscription(act, transaction, core_, actor, asked, {}, hooks_, now);
  if (!made) return std::unexpected(made.error());
  return {};
}

runtime::Task<Result<void>> Subscriptions::apply_due() {
  using Customers = std::set<CustomerId>;
  auto mutation = [this, now = core_.clock->now()](Transaction& transaction) -> Result<Customers> {
    const SubscriptionAct act(transaction, table_, hooks_, now);
    // A day back: somewhere it is still yesterday.
    const LocalDay yesterday = Zone{}.day_of(now) - std::chrono::days{1};
    Result<std::vector<SubscriptionStore::Row>> rows = SubscriptionStore::current(transaction, yesterday);
    if (!rows) return std::unexpected(rows.error());
    Customers changed;
    for (SubscriptionStore::Row& row : *rows) {
      Located located = act.locate(std::move(row));
      const Result<bool> applied = act.apply(located);
      if (!applied) return std::unexpected(applied.error());
      if (!*applied) continue;
      changed.insert(located.row.subscription.customer_id);
      const Result<void> told = act.tell_applied(located);
      if (!told) return std::unexpected(told.error());
    }
    return changed;
  };
  const Result<Customers> changed = co_await core_.store->writer().run<Customers>(std::move(mutation));
  if (!changed) co_return std::unexpected(changed.error());
  for (const CustomerId customer : *changed) co_await count_new_limits(customer);
  co_return Result<void>{};
}

}  // namespace keyledger::service
