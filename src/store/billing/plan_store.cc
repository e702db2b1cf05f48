#include "store/billing/plan_store.h"

#include <fmt/format.h>

namespace keyledger::store {

using billing::Plan;
using billing::PlanId;
using billing::PlanTerms;
using billing::PlanVersion;

namespace {

struct PlanRow {
  PlanId id{};
  std::string name{}, description{};
  std::optional<Instant> archived_at{};
  std::int64_t subscribers = 0;
  Instant created_at{}, updated_at{};
  std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(PlanRow, (), (id, name, description, archived_at, subscribers, created_at, updated_at, version))

struct PlanPage {
  PlanId after{};
  std::string like{};
  bool archived = false;
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(PlanPage, (), (after, like, archived, limit))

struct OnePlan {
  PlanId id{};
};
BOOST_DESCRIBE_STRUCT(OnePlan, (), (id))

struct OneVersion {
  PlanId id{};
  std::int64_t version = 1;
};
BOOST_DESCRIBE_STRUCT(OneVersion, (), (id, version))

struct WrittenPlan {
  PlanId id{};
  std::string name{}, folded{}, description{};
  std::optional<Instant> archived_at{};
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(WrittenPlan, (), (id, name, folded, description, archived_at, created_at, updated_at))

struct VersionRow {
  PlanId id{};
  std::int64_t version = 1;
  std::string name{};
  Currency currency{};
  std::int64_t monthly_nanos = 0;
  bool price_by_hand = false;
  std::int64_t trial_days = 0;
  Instant made_at{};
};
BOOST_DESCRIBE_STRUCT(VersionRow, (), (id, version, name, currency, monthly_nanos, price_by_hand, trial_days, made_at))

struct ChargeRow {
  PlanId id{};
  std::int64_t version = 1;
  billing::Metric metric = billing::Metric::requests;
  std::int64_t included = 0;
};
BOOST_DESCRIBE_STRUCT(ChargeRow, (), (id, version, metric, included))

struct TierRow {
  PlanId id{};
  std::int64_t version = 1;
  billing::Metric metric = billing::Metric::requests;
  std::int64_t from_unit = 1;
  std::optional<std::int64_t> up_to{};
  std::int64_t unit_nanos = 0;
};
BOOST_DESCRIBE_STRUCT(TierRow, (), (id, version, metric, from_unit, up_to, unit_nanos))

struct LimitRow {
  PlanId id{};
  std::int64_t version = 1;
  billing::Metric metric = billing::Metric::requests;
  limits::Window period = limits::Window::day;
  std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(LimitRow, (), (id, version, metric, period, amount))

WrittenPlan written(const Plan& plan, const std::string& folded) {
  return {plan.id, plan.name, folded, plan.description, plan.archived_at, plan.created_at, plan.updated_at};
}

Error explained(Error error, const std::string& name) {
  if (error.code != Code::conflict || error.detail != "plans.name_folded") return error;
  return {Code::conflict, fmt::format("There is a plan {} already; change that one.", name), "duplicate_plan", "name",
          error.detail};
}

/// Charges with their tiers, and limits, of one version.
Result<void> read_parts(Transaction& transaction, PlanId id, std::int64_t version, PlanTerms& terms) {
  static const Query<ChargeRow> kCharges{
      "SELECT plan_id, version, metric, included FROM plan_charges WHERE plan_id = :id AND version = :version "
      "ORDER BY metric DESC"};
  static const Query<TierRow> kTiers{
      "SELECT plan_id, version, metric, from_unit, up_to, unit_nanos FROM plan_tiers "
      "WHERE plan_id = :id AND version = :version ORDER BY metric, from_unit"};
  static const Query<LimitRow> kLimits{
      "SELECT plan_id, version, metric, period, amount FROM plan_limits WHERE plan_id = :id AND version = :version "
      "ORDER BY metric DESC, period"};
  const OneVersion asked{id, version};
  const Result<std::vector<ChargeRow>> charges = transaction.all(kCharges, asked);
  if (!charges) return std::unexpected(charges.error());
  const Result<std::vector<TierRow>> tiers = transaction.all(kTiers, asked);
  if (!tiers) return std::unexpected(tiers.error());
  const Result<std::vector<LimitRow>> limits = transaction.all(kLimits, asked);
  if (!limits) return std::unexpected(limits.error());
  for (const ChargeRow& row : *charges) {
    billing::Charge charge{row.metric, row.included, {}};
    for (const TierRow& tier : *tiers) {
      if (tier.metric == row.metric) charge.tiers.push_back({tier.from_unit, tier.up_to, tier.unit_nanos});
    }
    terms.charges.push_back(std::move(charge));
  }
  for (const LimitRow& row : *limits) terms.limits.push_back({row.metric, row.period, row.amount});
  return {};
}

Result<PlanStore::Version> completed(Transaction& transaction, const VersionRow& row) {
  PlanStore::Version made{{row.id, row.version, row.name, {}}, row.made_at};
  PlanTerms& terms = made.version.terms;
  terms.currency = row.currency;
  terms.monthly_nanos = row.monthly_nanos;
  terms.price_by_hand = row.price_by_hand;
  terms.trial_days = row.trial_days;
  const Result<void> read = read_parts(transaction, row.id, row.version, terms);
  if (!read) return std::unexpected(read.error());
  return made;
}

Result<Plan> with_terms(Transaction& transaction, PlanRow row) {
  Plan plan{.id = row.id,
            .name = std::move(row.name),
            .description = std::move(row.description),
            .version = row.version,
            .archived_at = row.archived_at,
            .subscribers = row.subscribers,
            .created_at = row.created_at,
            .updated_at = row.updated_at};
  Result<PlanVersion> version = PlanStore::version(transaction, plan.id, plan.version);
  if (!version) return std::unexpected(version.error());
  plan.terms = std::move(version->terms);
  return plan;
}

Result<void> insert_charge(Transaction& transaction, const Plan& plan, const billing::Charge& charge) {
  static const Query<void> kCharge{
      "INSERT INTO plan_charges (plan_id, version, metric, included) VALUES (:id, :version, :metric, :included)"};
  static const Query<void> kTier{
      "INSERT INTO plan_tiers (plan_id, version, metric, from_unit, up_to, unit_nanos) "
      "VALUES (:id, :version, :metric, :from_unit, :up_to, :unit_nanos)"};
  Result<std::int64_t> done =
      transaction.change(kCharge, ChargeRow{plan.id, plan.version, charge.metric, charge.included});
  for (const billing::Tier& tier : charge.tiers) {
    if (!done) break;
    done = transaction.change(kTier,
                              TierRow{plan.id, plan.version, charge.metric, tier.from, tier.up_to, tier.unit_nanos});
  }
  if (!done) return std::unexpected(done.error());
  return {};
}

// Subscribers are those whose keys have the plan now.
#define KEYLEDGER_PLAN_ROW                                                                                  \
  "SELECT p.id, p.name, p.description, p.archived_at, (SELECT COUNT(*) FROM subscriptions s WHERE "         \
  "s.applied_plan_id = p.id), p.created_at, p.updated_at, (SELECT MAX(version) FROM plan_versions v WHERE " \
  "v.plan_id = p.id) FROM plans p "

}  // namespace

std::unexpected<Error> unknown_plan(PlanId id) {
  return fail(Code::not_found, fmt::format("There is no plan {}.", id.value), "unknown_plan");
}

Result<std::vector<Plan>> PlanStore::list(Transaction& transaction, const Filter& filter) {
  static const Query<PlanRow> kList{
      KEYLEDGER_PLAN_ROW
      "WHERE p.id > :after AND (:archived <> 0 OR p.archived_at IS NULL) "
      "AND (:like = '' OR p.name_folded LIKE :like ESCAPE '\\') ORDER BY p.id LIMIT :limit"};
  Result<std::vector<PlanRow>> rows =
      transaction.all(kList, PlanPage{filter.after, filter.like, filter.archived, filter.limit});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Plan> plans;
  for (PlanRow& row : *rows) {
    Result<Plan> plan = with_terms(transaction, std::move(row));
    if (!plan) return std::unexpected(plan.error());
    plans.push_back(std::move(*plan));
  }
  return plans;
}

Result<Plan> PlanStore::get(Transaction& transaction, PlanId id) {
  static const Query<PlanRow> kOne{KEYLEDGER_PLAN_ROW "WHERE p.id = :id"};
  Result<std::optional<PlanRow>> row = transaction.one(kOne, OnePlan{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_plan(id);
  return with_terms(transaction, std::move(**row));
}

Result<std::int64_t> PlanStore::count(Transaction& transaction) {
  static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM plans"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kCount);
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "a count has one row");
  return (*row)->value;
}

Result<PlanId> PlanStore::insert(Transaction& transaction, const Plan& plan, const std::string& folded) {
  static const Query<Single<PlanId>> kInsert{
      "INSERT INTO plans (name, name_folded, description, archived_at, created_at, updated_at) "
      "VALUES (:name, :folded, :description, :archived_at, :created_at, :updated_at) RETURNING id"};
  const Result<std::optional<Single<PlanId>>> row = transaction.one(kInsert, written(plan, folded));
  if (!row) return std::unexpected(explained(row.error(), plan.name));
  check_invariant(row->has_value(), "an insert returns its id");
  Plan first = plan;
  first.id = (*row)->value;
  first.version = 1;
  const Result<void> added = add_version(transaction, first);
  if (!added) return std::unexpected(added.error());
  return first.id;
}

Result<void> PlanStore::update(Transaction& transaction, const Plan& plan, const std::string& folded) {
  static const Query<void> kUpdate{
      "UPDATE plans SET name = :name, name_folded = :folded, description = :description, archived_at = :archived_at, "
      "updated_at = :updated_at WHERE id = :id"};
  const Result<std::int64_t> changed = transaction.change(kUpdate, written(plan, folded));
  if (!changed) return std::unexpected(explained(changed.error(), plan.name));
  if (*changed == 0) return unknown_plan(plan.id);
  return {};
}

Result<void> PlanStore::add_version(Transaction& transaction, const Plan& plan) {
  static const Query<void> kVersion{
      "INSERT INTO plan_versions (plan_id, version, name, currency, monthly_nanos, price_by_hand, trial_days, made_at) "
      "VALUES (:id, :version, :name, :currency, :monthly_nanos, :price_by_hand, :trial_days, :made_at)"};
  static const Query<void> kLimit{
      "INSERT INTO plan_limits (plan_id, version, metric, period, amount) "
      "VALUES (:id, :version, :metric, :period, :amount)"};
  const PlanTerms& terms = plan.terms;
  const VersionRow row{plan.id,          plan.version,        plan.name,
                       terms.currency,   terms.monthly_nanos, terms.price_by_hand,
                       terms.trial_days, plan.updated_at};
  Result<std::int64_t> done = transaction.change(kVersion, row);
  if (!done) return std::unexpected(done.error());
  for (const billing::Charge& charge : terms.charges) {
    Result<void> inserted = insert_charge(transaction, plan, charge);
    if (!inserted) return inserted;
  }
  for (const limits::Limit& limit : terms.limits) {
    done = transaction.change(kLimit, LimitRow{plan.id, plan.version, limit.metric, limit.window, limit.amount});
    if (!done) return std::unexpected(done.error());
  }
  return {};
}

Result<std::vector<PlanStore::Version>> PlanStore::versions(Transaction& transaction, PlanId id) {
  static const Query<VersionRow> kAll{
      "SELECT plan_id, version, name, currency, monthly_nanos, price_by_hand, trial_days, made_at FROM plan_versions "
      "WHERE plan_id = :id ORDER BY version DESC"};
  const Result<std::vector<VersionRow>> rows = transaction.all(kAll, OnePlan{id});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Version> versions;
  for (const VersionRow& row : *rows) {
    Result<Version> version = completed(transaction, row);
    if (!version) return std::unexpected(version.error());
    versions.push_back(std::move(*version));
  }
  return versions;
}

Result<PlanVersion> PlanStore::version(Transaction& transaction, PlanId id, std::int64_t version) {
  static const Query<VersionRow> kOne{
      "SELECT plan_id, version, name, currency, monthly_nanos, price_by_hand, trial_days, made_at FROM plan_versions "
      "WHERE plan_id = :id AND version = :version"};
  const Result<std::optional<VersionRow>> row = transaction.one(kOne, OneVersion{id, version});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_plan(id);
  Result<Version> made = completed(transaction, **row);
  if (!made) return std::unexpected(made.error());
  return std::move(made->version);
}

}  // namespace keyledger::store
