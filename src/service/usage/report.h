// service/usage/report.h: cost, requests and tokens of a range, with everything that a page of usage shows.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/zone.h"
#include "service/core.h"
#include "service/usage/figures.h"
#include "service/usage/figures_version.h"
#include "service/usage/ownership.h"
#include "service/usage/price_shelf.h"
#include "service/usage/problems.h"
#include "service/usage/sums.h"

namespace keyledger::service {

struct ProviderFigures : Figures {
  std::string provider{};
};
BOOST_DESCRIBE_STRUCT(ProviderFigures, (Figures), (provider))

/// One UTC day; days without any use are there too.
struct DayFigures : Figures {
  Day day{};
  std::vector<ProviderFigures> by_provider{};
};
BOOST_DESCRIBE_STRUCT(DayFigures, (Figures), (day, by_provider))

/// A key, or what no key can be made responsible for.
struct KeyFigures : Figures {
  OwnerKind kind = OwnerKind::held;
  std::optional<ProviderKeyId> key_id{};       // of a held key
  std::optional<std::string> remote_key_id{};  // the provider's id of the key
  std::string name{};
  std::string masked_key{};
  std::string provider{};
  std::optional<AccountId> account_id{};
  std::string account_name{};
  std::string status{};   // of a held key its status, else the provider's word; deleted: we held it once
  std::string project{};  // the provider's id
  std::optional<ProviderKeyId> reader_key_id{};  // the key through which it is known
  std::optional<Day> last_used{};
  std::optional<Instant> last_used_at{};  // the beginning of the hour, where the provider tells hours
  std::int64_t cost_permille = 0;         // of the total, in the currency with the largest total
  std::vector<Cost> list_price{};         // for information, where the bill names no key: its tokens at list price
};
BOOST_DESCRIBE_STRUCT(KeyFigures, (Figures),
                      (kind, key_id, remote_key_id, name, masked_key, provider, account_id, account_name, status,
                       project, reader_key_id, last_used, last_used_at, cost_permille, list_price))

/// An hour of the week, on average: decimal text with three decimals.
struct HourAverage {
  std::optional<std::string> requests{};  // nothing: not known
  std::optional<std::string> tokens{};
  std::vector<Cost> cost{};
};
BOOST_DESCRIBE_STRUCT(HourAverage, (), (requests, tokens, cost))

/// A line of the breakdown. `group` names it for a program, `name` for a person.
struct GroupFigures : Figures {
  std::string group{};
  std::string name{};
  std::string provider{};  // of models, projects and keys
  // For hour_of_week, in the zone of the report:
  std::optional<std::int64_t> weekday{};      // 1 (Monday) to 7
  std::optional<std::int64_t> hour{};         // 0 to 23
  std::optional<std::int64_t> occurrences{};  // how often the range has it, as far as hours are known
  std::optional<HourAverage> average{};       // per occurrence
  std::int64_t cost_permille = 0;
};
BOOST_DESCRIBE_STRUCT(GroupFigures, (Figures),
                      (group, name, provider, weekday, hour, occurrences, average, cost_permille))

/// Use whose model has no price, and that therefore is not in the cost.
struct UnpricedModel {
  std::string provider{};
  std::string model{};
  std::optional<std::int64_t> requests{};
  std::int64_t tokens = 0;
};
BOOST_DESCRIBE_STRUCT(UnpricedModel, (), (provider, model, requests, tokens))

/// In thousandths of the period before, same elapsed part; nothing: not known before, or nothing to divide by. Cost is
/// of the currency with the largest total.
struct UsageChanges {
  std::optional<std::int64_t> cost{}, requests{}, tokens{}, cost_per_thousand{};
};
BOOST_DESCRIBE_STRUCT(UsageChanges, (), (cost, requests, tokens, cost_per_thousand))

/// Held keys by status.
struct KeyCounts {
  std::int64_t total = 0;
  std::int64_t valid = 0, valid_but_restricted = 0, rate_limited = 0, unreachable = 0, invalid = 0, unknown = 0;
};
BOOST_DESCRIBE_STRUCT(KeyCounts, (), (total, valid, valid_but_restricted, rate_limited, unreachable, invalid, unknown))

/// Days for which a source that should have figures has none; both included.
struct UsageGap {
  std::string provider{};
  std::string organization{};
  ProviderKeyId key_id{};  // the key that reads it
  Day from{};
  Day to{};
  std::string cause{};  // a sentence
};
BOOST_DESCRIBE_STRUCT(UsageGap, (), (provider, organization, key_id, from, to, cause))

struct UsageReport {
  Day from{};
  Day to{};
  std::int64_t days = 0;
  std::string timezone{};             // of hour_of_week; days are UTC days
  std::vector<UsagePart> parts{};     // the lists that are there
  std::optional<GroupBy> group_by{};  // where it is one
  Figures totals{};
  std::optional<Figures> previous{};  // of as many days before; nothing: nothing is known of them
  Day previous_from{};
  Day previous_to{};
  UsageChanges changes{};
  KeyCounts key_counts{};
  std::vector<UsageGap> gaps{};
  std::vector<DayFigures> series{};
  std::vector<KeyFigures> keys{};      // the most expensive first; held keys without use are there too
  std::vector<GroupFigures> groups{};  // of `group_by`
  std::map<std::string, std::vector<GroupFigures>> groups_by{};  // by its words
  std::vector<UnpricedModel> unpriced{};
  std::vector<Problem> problems{};
  std::vector<BudgetView> budgets{};
  std::vector<SourceState> sources{};
  std::optional<Instant> synced_at{};       // the latest success of any source
  std::optional<Instant> complete_until{};  // up to here all sources have told their figures
};
BOOST_DESCRIBE_STRUCT(UsageReport, (),
                      (from, to, days, timezone, parts, group_by, totals, previous, previous_from, previous_to, changes,
                       key_counts, gaps, series, keys, groups, groups_by, unpriced, problems, budgets, sources,
                       synced_at, complete_until))

/// Lines of the report by key. Of `usage` the range, account_id and provider count.
struct UsageKeyQuery {
  UsageQuery usage{};
  std::optional<std::string> status{};
  std::optional<OwnerKind> kind{};
  std::string search{};  // in name, mask, account, project and the provider's id; case does not matter
  UsageKeySort sort = UsageKeySort::cost;
  bool descending = true;
};

struct UsageKeys {
  Day from{};
  Day to{};
  std::string timezone{};
  std::int64_t all_count = 0;  // lines without filters
  Figures totals{};            // of the lines
  std::vector<KeyFigures> lines{};
};

struct OpenProblems {
  std::int64_t open_problems = 0;
  std::optional<keys::Severity> worst{};
};
BOOST_DESCRIBE_STRUCT(OpenProblems, (), (open_problems, worst))

/// What reports are made with beside the core. `describe` gives nothing for a provider that there is not.
struct ReportParts {
  KeyDirectory* directory;
  PriceShelf* prices;
  const FiguresVersion* version;
  ProviderNames describe;
  std::function<Zone()> zone;
};

class UsageReports {
 public:
  UsageReports(Core core, ReportParts parts) : core_(core), parts_(std::move(parts)) {}

  /// Cost:   what the provider billed, where a source's provider billed anything for the day; else tokens at list
  ///         price, marked estimated. Use without a price is listed, never counted as zero. Currencies stay apart.
  /// Filter: an account, a key (an admin key stands for its organization) and a provider, each further narrowing down.
  /// Errors: those of resolve_range; not_found, reasons unknown_account, unknown_key; invalid_argument, reason
  ///         unknown_provider; those of the database.
  [[nodiscard]] runtime::Task<Result<UsageReport>> report(UsageQuery query) const;

  /// All lines that pass the filters, in order. Errors: as above.
  [[nodiscard]] runtime::Task<Result<UsageKeys>> keys(UsageKeyQuery query) const;

  /// How many problems the report of the last 30 days has. Errors: those of the database.
  [[nodiscard]] runtime::Task<Result<OpenProblems>> problems() const;

 private:
  struct Asked;
  [[nodiscard]] runtime::Task<Result<Asked>> ask(UsageQuery query, bool narrowed) const;

  Core core_;
  ReportParts parts_;
  mutable SumsCache cache_{};
};

}  // namespace keyledger::service
