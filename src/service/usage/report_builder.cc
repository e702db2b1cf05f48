#include "service/usage/report_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::service {
namespace {

using usage::CostSum;
using usage::CountSum;

constexpr std::string_view kNobody = "Not attributable to a key";

void put(Figures& into, const Bill& bill) {
  into = bill.figures();
}

/// One line per name, in the order of the names.
template <typename Name>
class Sheet {
 public:
  void add(const Name& name, const CountSum& sum) { bills_[name].add(sum.tally); }
  void add(const Name& name, const CostSum& sum) { bills_[name].add(sum.currency, sum.basis, sum.amount); }
  [[nodiscard]] std::map<Name, Bill>& bills() { return bills_; }

 private:
  std::map<Name, Bill> bills_{};
};

/// What tells one line of the keys from another.
struct KeyLine {
  OwnerKind kind = OwnerKind::held;
  std::int64_t held = 0;    // of held keys
  std::int64_t source = 0;  // of all others
  std::string remote{};     // of remote and gone ones
  auto operator<=>(const KeyLine&) const = default;
};

class Builder {
 public:
  Builder(const ReportMatter& matter, const UsageQuery& query, const DayRange& range)
      : matter_(matter), query_(query), range_(range), owners_(matter.held, matter.facts.sources, matter.remote) {}

  UsageReport run() {
    report_.from = range_.from;
    report_.to = range_.to;
    report_.days = range_.days();
    report_.group_by = query_.group_by;
    add_days();
    add_keys();
    add_groups();
    add_unpriced();
    add_circumstances();
    return std::move(report_);
  }

 private:
  /// Whether a source is asked about at all.
  [[nodiscard]] const usage::Source* asked(usage::SourceId id) const {
    const usage::Source* source = owners_.source(id);
    const bool other = source != nullptr && query_.provider && source->provider != *query_.provider;
    return other ? nullptr : source;
  }

  template <typename Sum, typename Use>
  void each(const std::vector<Sum>& sums, const Use& use) const {
    for (const Sum& sum : sums) {
      if (const usage::Source* source = asked(sum.source_id)) use(sum, *source);
    }
  }

  void add_days() {
    Sheet<std::pair<std::int64_t, std::string>> sheet;
    const auto take = [&](const auto& sum, const usage::Source& source) {
      sheet.add({sum.bucket, source.provider}, sum);
    };
    each(matter_.sums->days, take);
    each(matter_.sums->day_costs, take);
    Bill previous;
    std::map<std::int64_t, std::vector<std::pair<std::string, Bill>>> days;
    const std::int64_t first = range_.from.time_since_epoch().count();
    for (auto& [name, bill] : sheet.bills()) {
      if (name.first < first) {
        previous.add(bill);
      } else {
        total_.add(bill);
        days[name.first].emplace_back(name.second, std::move(bill));
      }
    }
    for (Day day = range_.from; day <= range_.to; day += std::chrono::days{1}) {
      add_day(day, days[day.time_since_epoch().count()]);
    }
    report_.totals = total_.figures();
    if (!previous.empty()) report_.previous = previous.figures();
    main_currency_ = total_.main_currency();
  }

  void add_day(Day day, const std::vector<std::pair<std::string, Bill>>& providers) {
    Bill whole;
    DayFigures line;
    for (const auto& [provider, bill] : providers) {
      whole.add(bill);
      ProviderFigures& part = line.by_provider.emplace_back();
      put(part, bill);
      part.provider = provider;
    }
    put(line, whole);
    line.day = day;
    report_.series.push_back(std::move(line));
  }

  static KeyLine name_of(const Owner& owner, usage::SourceId source) {
    if (owner.kind == OwnerKind::held) return {owner.kind, owner.key_id->value, 0, {}};
    return {owner.kind, 0, source.value, owner.remote_key_id};
  }

  [[nodiscard]] std::int64_t share(const Bill& bill) const {
    return main_currency_ ? permille(bill.cost(*main_currency_), total_.cost(*main_currency_)) : 0;
  }

  void add_keys() {
    Sheet<KeyLine> sheet;
    std::map<KeyLine, Owner> owners;
    const auto take = [&](const auto& sum, const usage::Source& source) {
      const Owner owner = owners_.owner(source.id, sum.item_id);
      const KeyLine name = name_of(owner, source.id);
      sheet.add(name, sum);
      Owner& known = owners.try_emplace(name, owner).first->second;
      known.last_used = std::max(known.last_used, owner.last_used);
    };
    each(matter_.sums->keys, take);
    each(matter_.sums->key_costs, take);
    for (auto& [name, bill] : sheet.bills()) {
      const Owner& owner = owners.at(name);
      report_.keys.push_back(to_line(owner, bill));
      bills_by_key_.emplace_back(owner, bill);
    }
    add_unused_keys(owners);
    const Currency main = main_currency_.value_or(Currency{});
    std::ranges::stable_sort(report_.keys, [&](const KeyFigures& left, const KeyFigures& right) {
      return std::tuple{amount_in(right, main), right.requests, right.input_tokens} <
             std::tuple{amount_in(left, main), left.requests, left.input_tokens};
    });
  }

  static Amount amount_in(const KeyFigures& line, Currency currency) {
    for (const Cost& cost : line.cost) {
      if (cost.currency == currency) return parse_amount(cost.amount).value_or(Amount{});
    }
    return Amount{};
  }

  [[nodiscard]] KeyFigures to_line(const Owner& owner, const Bill& bill) const {
    KeyFigures line;
    put(line, bill);
    line.kind = owner.kind;
    line.key_id = owner.key_id;
    if (!owner.remote_key_id.empty()) line.remote_key_id = owner.remote_key_id;
    line.name = owner.kind == OwnerKind::organization ? std::string{kNobody} : owner.name;
    line.masked_key = owner.masked_key;
    line.provider = owner.provider;
    line.account_id = owner.account_id;
    line.account_name = owner.account_name;
    line.status = owner.status;
    line.project = owner.project;
    line.reader_key_id = owner.reader_key_id;
    line.last_used = owner.last_used;
    line.cost_permille = share(bill);
    line.list_price = bill.list_price();
    return line;
  }

  /// Keys that we hold and that nothing was counted for: none where their use would be known, else unknown.
  void add_unused_keys(const std::map<KeyLine, Owner>& used) {
    for (const HeldKey& held : matter_.held) {
      const bool other = (query_.provider && held.key.provider != *query_.provider) ||
                         (query_.account_id && held.key.account_id != *query_.account_id) ||
                         (query_.key_id && held.key.id != *query_.key_id);
      if (other || used.contains({OwnerKind::held, held.key.id.value, 0, {}})) continue;
      KeyFigures& line = report_.keys.emplace_back(to_line(owners_.held(held), Bill{}));
      if (!owners_.covered(held)) line.requests.reset();
    }
  }

  void add_group(std::string group, std::string name, std::string provider, const Bill& bill) {
    GroupFigures& line = report_.groups.emplace_back();
    put(line, bill);
    line.group = std::move(group);
    line.name = std::move(name);
    line.provider = std::move(provider);
    line.cost_permille = share(bill);
  }

  void add_groups() {
    if (!query_.group_by) return;
    switch (*query_.group_by) {
      case GroupBy::day: return group_days();
      case GroupBy::key: return group_keys();
      case GroupBy::provider: return group_providers();
      case GroupBy::account: return group_accounts();
      case GroupBy::model: return group_models();
      case GroupBy::project: return group_projects();
      case GroupBy::hour: return group_hours();
      case GroupBy::hour_of_week: return group_week();
    }
  }

  void group_days() {
    for (const DayFigures& day : report_.series) {
      GroupFigures& line = report_.groups.emplace_back();
      static_cast<Figures&>(line) = day;
      line.group = line.name = to_string(day.day);
    }
  }

  void group_keys() {
    for (const KeyFigures& key : report_.keys) {
      GroupFigures& line = report_.groups.emplace_back();
      static_cast<Figures&>(line) = key;
      line.group = key.key_id ? std::to_string(key.key_id->value) : key.remote_key_id.value_or("");
      line.name = key.name;
      line.provider = key.provider;
      line.cost_permille = key.cost_permille;
    }
  }

  void group_providers() {
    std::map<std::string, Bill> bills;
    for (const auto& [owner, bill] : bills_by_key_) bills[owner.provider].add(bill);
    for (const auto& [provider, bill] : bills) add_group(provider, provider, provider, bill);
    sort_groups();
  }

  void group_accounts() {
    std::map<std::pair<std::int64_t, std::string>, Bill> bills;
    for (const auto& [owner, bill] : bills_by_key_) {
      bills[{owner.account_id.value_or(AccountId{}).value, owner.account_name}].add(bill);
    }
    for (const auto& [account, bill] : bills) add_group(std::to_string(account.first), account.second, {}, bill);
    sort_groups();
  }

  template <typename Label>
  void group_items(const Label& label) {
    Sheet<std::tuple<std::string, std::string, std::string>> sheet;  // provider, group, name
    const auto take = [&](const auto& sum, const usage::Source& source) {
      const auto [group, name] = label(sum.item_id);
      sheet.add({source.provider, group, name}, sum);
    };
    each(matter_.sums->groups, take);
    each(matter_.sums->group_costs, take);
    for (const auto& [line, bill] : sheet.bills()) {
      add_group(std::get<1>(line), std::get<2>(line), std::get<0>(line), bill);
    }
    sort_groups();
  }

  void group_models() {
    group_items([this](std::int64_t id) {
      const auto word = matter_.sums->words.find(id);
      if (word == matter_.sums->words.end()) return std::pair{std::string{}, std::string{"Not told by model"}};
      return std::pair{word->second, word->second};
    });
  }

  void group_projects() {
    std::map<std::int64_t, const usage::RemoteProjectRecord*> projects;
    for (const usage::RemoteProjectRecord& project : matter_.projects) projects.emplace(project.id, &project);
    group_items([&](std::int64_t id) {
      const auto found = projects.find(id);
      if (found == projects.end()) return std::pair{std::string{}, std::string{"Not told by project"}};
      const usage::RemoteProjectRecord& project = *found->second;
      return std::pair{project.remote_id, project.name.empty() ? project.remote_id : project.name};
    });
  }

  void group_hours() {
    Sheet<std::int64_t> sheet;
    const auto take = [&](const auto& sum, const usage::Source&) { sheet.add(sum.bucket, sum); };
    each(matter_.sums->groups, take);
    each(matter_.sums->group_costs, take);
    for (const auto& [hour, bill] : sheet.bills()) {
      const std::string start = to_rfc3339(Instant{std::chrono::hours{hour}});
      add_group(start, start, {}, bill);
    }
  }

  /// All 168 hours, the empty ones too, Monday first.
  void group_week() {
    constexpr std::int64_t kHours = 168;
    constexpr std::int64_t kThursday = 3 * 24;  // 1970-01-01 was one
    Sheet<std::int64_t> sheet;
    const auto take = [&](const auto& sum, const usage::Source&) {
      sheet.add(((sum.bucket + kThursday) % kHours + kHours) % kHours, sum);
    };
    each(matter_.sums->groups, take);
    each(matter_.sums->group_costs, take);
    constexpr std::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    for (std::int64_t hour = 0; hour < kHours; ++hour) {
      const std::string name = fmt::format("{} {:02}:00", kDays[hour / 24], hour % 24);
      add_group(fmt::format("{}-{:02}", hour / 24 + 1, hour % 24), name, {}, sheet.bills()[hour]);
      report_.groups.back().weekday = hour / 24 + 1;
      report_.groups.back().hour = hour % 24;
    }
  }

  void sort_groups() {
    std::ranges::stable_sort(report_.groups, [](const GroupFigures& left, const GroupFigures& right) {
      return std::tuple{right.cost_permille, right.input_tokens + right.output_tokens} <
             std::tuple{left.cost_permille, left.input_tokens + left.output_tokens};
    });
  }

  void add_unpriced() {
    for (const store::UsageReportStore::Unpriced& one : matter_.sums->unpriced) {
      if (query_.provider && one.provider != *query_.provider) continue;
      UnpricedModel& line = report_.unpriced.emplace_back();
      line.provider = one.provider;
      line.model = one.model;
      if (one.requests_known > 0) line.requests = one.requests;
      line.tokens = one.input_tokens + one.output_tokens;
      unpriced_.push_back(one);
    }
  }

  void add_circumstances() {
    report_.budgets = matter_.budgets;
    report_.sources = source_states(matter_.held, matter_.facts, {}, matter_.now);
    for (const SourceState& source : report_.sources) {
      report_.synced_at = std::max(report_.synced_at, source.last_success_at);
    }
    report_.problems = find_problems({&matter_.held, &matter_.facts, &matter_.budgets, &unpriced_, matter_.now});
    std::erase_if(report_.problems, [this](const Problem& problem) {
      return (query_.account_id && problem.account_id && problem.account_id != query_.account_id) ||
             (query_.key_id && problem.key_id && problem.key_id != query_.key_id) ||
             (query_.provider && !problem.provider.empty() && problem.provider != *query_.provider);
    });
  }

  const ReportMatter& matter_;
  const UsageQuery& query_;
  const DayRange& range_;
  Ownership owners_;
  UsageReport report_{};
  Bill total_{};
  std::optional<Currency> main_currency_{};
  std::vector<std::pair<Owner, Bill>> bills_by_key_{};
  std::vector<store::UsageReportStore::Unpriced> unpriced_{};
};

}  // namespace

UsageReport build_report(const ReportMatter& matter, const UsageQuery& query, const DayRange& range) {
  return Builder(matter, query, range).run();
}

}  // namespace keyledger::service
