#include "service/usage/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/usage/changes.h"
#include "service/usage/report_builder.h"
#include "store/account_store.h"
#include "store/provider_key_store.h"

namespace keyledger::service {
namespace {

using store::Transaction;

template <typename T>
Result<void> take(T& into, Result<T> value) {
  if (!value) return std::unexpected(value.error());
  into = std::move(*value);
  return {};
}

Result<void> check_account(Transaction& transaction, const UsageQuery& query) {
  if (!query.account_id) return {};
  const Result<keys::Account> account = store::AccountStore::get(transaction, *query.account_id);
  if (!account && account.error().code == Code::not_found) {
    return store::unknown_account(*query.account_id, "account_id");
  }
  if (!account) return std::unexpected(account.error());
  return {};
}

/// What a reading transaction needs of the service, all of it thread-safe.
struct Reading {
  UsageQuery query{};
  SumsQuery sums{};
  SumsSource source{};
  bool narrowed = true;  // to the account and the key of the query
  bool budgets = true;
};

Result<void> read_numbers(Transaction& transaction, Reading& reading, ReportMatter& matter) {
  if (reading.narrowed && (reading.query.account_id || reading.query.key_id)) {
    const Ownership owners(matter.held, matter.facts.sources, matter.remote);
    reading.sums.selection = owners.select(reading.query.account_id, reading.query.key_id);
  }
  reading.sums.compared_hours =
      reading.sums.selection.all() && compares_hours(reading.sums.range, reading.sums.today, matter.facts.sources);
  return take(matter.sums, read_sums(transaction, reading.sums, reading.source));
}

Result<ReportMatter> read_matter(Transaction& transaction, Reading reading, ReportMatter matter) {
  Result<void> done = check_account(transaction, reading.query);
  if (done) done = take(matter.facts, read_source_facts(transaction));
  if (done) done = take(matter.remote, store::UsageRemoteStore::keys(transaction));
  if (done && reading.sums.projects) done = take(matter.projects, store::UsageRemoteStore::projects(transaction));
  if (done && reading.budgets) done = take(matter.budgets, stand_budgets(transaction, matter.held, matter.now));
  if (done) done = read_numbers(transaction, reading, matter);
  if (!done) return std::unexpected(done.error());
  return matter;
}

}  // namespace

/// The matter of a question, and its days.
struct UsageReports::Asked {
  ReportMatter matter{};
  DayRange range{};
};

runtime::Task<Result<UsageReports::Asked>> UsageReports::ask(UsageQuery query, bool narrowed) const {
  const Instant now = core_.clock->now();
  const Result<DayRange> range = resolve_range(query, day_of(now));
  if (!range) co_return std::unexpected(range.error());
  if (query.provider && parts_.describe(*query.provider) == nullptr) {
    co_return fail(Code::invalid_argument, fmt::format("There is no provider {}.", *query.provider), "unknown_provider",
                   "provider");
  }
  Result<std::vector<HeldKey>> held = co_await parts_.directory->list();
  if (!held) co_return std::unexpected(held.error());
  const bool key_known =
      !query.key_id || std::ranges::any_of(*held, [&](const HeldKey& one) { return one.key.id == *query.key_id; });
  if (!key_known) co_return store::unknown_key(*query.key_id, "key_id");
  Reading reading{.query = query,
                  .sums = sums_for(query, *range, day_of(now)),
                  .source = {parts_.prices->book(), parts_.version, parts_.version->now(), &cache_},
                  .narrowed = narrowed,
                  .budgets = wants_part(query, UsagePart::budgets) || wants_part(query, UsagePart::problems)};
  auto read = [reading = std::move(reading),
               matter = ReportMatter{.held = std::move(*held), .zone = parts_.zone(), .now = now}](
                  Transaction& transaction) mutable {
    return read_matter(transaction, std::move(reading), std::move(matter));
  };
  Result<ReportMatter> matter = co_await core_.store->readers().run<ReportMatter>(std::move(read));
  if (!matter) co_return std::unexpected(matter.error());
  co_return Asked{std::move(*matter), *range};
}

runtime::Task<Result<UsageReport>> UsageReports::report(UsageQuery query) const {
  UsageQuery question = query;
  const Result<Asked> asked = co_await ask(std::move(question), true);
  if (!asked) co_return std::unexpected(asked.error());
  co_return build_report(asked->matter, query, asked->range, parts_.describe);
}

runtime::Task<Result<UsageKeys>> UsageReports::keys(UsageKeyQuery query) const {
  query.usage.parts = {UsagePart::keys};
  // Everything is read and then filtered: the same sums serve all filters, and tell how many lines there are without.
  UsageQuery question = query.usage;
  const Result<Asked> asked = co_await ask(std::move(question), false);
  if (!asked) co_return std::unexpected(asked.error());
  co_return build_keys(asked->matter, query, asked->range);
}

runtime::Task<Result<OpenProblems>> UsageReports::problems() const {
  const UsageQuery query{.parts = {UsagePart::problems}};
  UsageQuery question = query;
  const Result<Asked> asked = co_await ask(std::move(question), true);
  if (!asked) co_return std::unexpected(asked.error());
  const UsageReport report = build_report(asked->matter, query, asked->range, parts_.describe);
  OpenProblems open{.open_problems = std::ssize(report.problems)};
  if (!report.problems.empty()) open.worst = report.problems.front().severity;
  co_return open;
}

}  // namespace keyledger::service
