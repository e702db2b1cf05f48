// service/usage/report.h: cost, requests and tokens of a range, with everything that a page of usage shows.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "service/core.h"
#include "service/usage/figures.h"
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
  std::int64_t cost_permille = 0;  // of the total, in the currency with the largest total
  std::vector<Cost> list_price{};  // for information, where the bill names no key: its tokens at list price
};
BOOST_DESCRIBE_STRUCT(KeyFigures, (Figures),
                      (kind, key_id, remote_key_id, name, masked_key, provider, account_id, account_name, status,
                       project, reader_key_id, last_used, cost_permille, list_price))

/// A line of the breakdown. `group` names it for a program, `name` for a person.
struct GroupFigures : Figures {
  std::string group{};
  std::string name{};
  std::string provider{};                 // of models, projects and keys
  std::optional<std::int64_t> weekday{};  // 1 (Monday) to 7, for hour_of_week
  std::optional<std::int64_t> hour{};     // 0 to 23 UTC, for hour_of_week
  std::int64_t cost_permille = 0;
};
BOOST_DESCRIBE_STRUCT(GroupFigures, (Figures), (group, name, provider, weekday, hour, cost_permille))

/// Use whose model has no price, and that therefore is not in the cost.
struct UnpricedModel {
  std::string provider{};
  std::string model{};
  std::optional<std::int64_t> requests{};
  std::int64_t tokens = 0;
};
BOOST_DESCRIBE_STRUCT(UnpricedModel, (), (provider, model, requests, tokens))

struct UsageReport {
  Day from{};
  Day to{};
  std::int64_t days = 0;
  std::optional<GroupBy> group_by{};
  Figures totals{};
  std::optional<Figures> previous{};  // of as many days before; nothing: nothing is known of them
  std::vector<DayFigures> series{};
  std::vector<KeyFigures> keys{};  // the most expensive first; held keys without use are there too
  std::vector<GroupFigures> groups{};
  std::vector<UnpricedModel> unpriced{};
  std::vector<Problem> problems{};
  std::vector<BudgetView> budgets{};
  std::vector<SourceState> sources{};
  std::optional<Instant> synced_at{};  // the latest success of any source
};
BOOST_DESCRIBE_STRUCT(UsageReport, (),
                      (from, to, days, group_by, totals, previous, series, keys, groups, unpriced, problems, budgets,
                       sources, synced_at))

class UsageReports {
 public:
  UsageReports(Core core, KeyDirectory* directory, PriceShelf* prices, const FiguresVersion* version,
               std::function<bool(std::string_view)> known_provider)
      : core_(core),
        directory_(directory),
        prices_(prices),
        version_(version),
        known_provider_(std::move(known_provider)) {}

  /// Cost:   what the provider billed, where a source's provider billed anything for the day; else tokens at list
  ///         price, marked estimated. Use without a price is listed, never counted as zero. Currencies stay apart.
  /// Filter: an account, a key (an admin key stands for its organization) and a provider, each further narrowing down.
  /// Errors: those of resolve_range; not_found, reasons unknown_account, unknown_key; invalid_argument, reason
  ///         unknown_provider; those of the database.
  [[nodiscard]] runtime::Task<Result<UsageReport>> report(UsageQuery query) const;

 private:
  Core core_;
  KeyDirectory* directory_;
  PriceShelf* prices_;
  const FiguresVersion* version_;
  std::function<bool(std::string_view)> known_provider_;
  mutable SumsCache cache_{};
};

}  // namespace keyledger::service
