#include "service/usage/report_builder.h"

#include <algorithm>

#include "service/usage/changes.h"
#include "service/usage/gaps.h"
#include "service/usage/group_lines.h"

namespace keyledger::service {
namespace {

using store::UsageReportStore;

/// Whether the lines by key are needed at all.
bool needs_keys(const UsageQuery& query) {
  const bool grouped = wants_part(query, UsagePart::groups) && std::ranges::any_of(query.group_by, [](GroupBy by) {
                         return by == GroupBy::key || by == GroupBy::account;
                       });
  return grouped || wants_part(query, UsagePart::keys);
}

/// One line for each model: it may stand in several pieces.
std::vector<UsageReportStore::Unpriced> unpriced_of(const ReportFrame& frame) {
  std::map<std::pair<std::string, std::string>, UsageReportStore::Unpriced> models;
  for (const std::shared_ptr<const SumsPiece>& piece : frame.matter().sums.unpriced) {
    for (const UsageReportStore::Unpriced& one : piece->unpriced) {
      if (frame.query().provider && one.provider != *frame.query().provider) continue;
      UsageReportStore::Unpriced& model = models[{one.provider, one.model}];
      model.provider = one.provider;
      model.model = one.model;
      model.requests += one.requests;
      model.requests_known += one.requests_known;
      model.input_tokens += one.input_tokens;
      model.output_tokens += one.output_tokens;
    }
  }
  std::vector<UsageReportStore::Unpriced> lines;
  for (auto& [name, model] : models) lines.push_back(std::move(model));
  std::ranges::stable_sort(lines, std::ranges::greater{},
                           [](const UsageReportStore::Unpriced& one) { return one.input_tokens + one.output_tokens; });
  return lines;
}

KeyCounts count_keys(const ReportFrame& frame) {
  KeyCounts counts;
  for (const HeldKey& held : frame.matter().held) {
    if (!frame.asked(held.key)) continue;
    ++counts.total;
    switch (held.key.status) {
      case keys::KeyStatus::valid: ++counts.valid; break;
      case keys::KeyStatus::valid_but_restricted: ++counts.valid_but_restricted; break;
      case keys::KeyStatus::rate_limited: ++counts.rate_limited; break;
      case keys::KeyStatus::unreachable: ++counts.unreachable; break;
      case keys::KeyStatus::invalid: ++counts.invalid; break;
      case keys::KeyStatus::unknown: ++counts.unknown; break;
    }
  }
  return counts;
}

class Builder {
 public:
  Builder(const ReportMatter& matter, const UsageQuery& query, const DayRange& range, const ProviderNames& describe)
      : matter_(matter), query_(query), frame_(matter, query, range), describe_(describe) {}

  UsageReport run() {
    add_head();
    add_days();
    if (needs_keys(query_)) keys_ = key_lines(frame_, whole_);
    if (frame_.wants(UsagePart::groups)) add_groups();
    if (frame_.wants(UsagePart::keys)) {
      for (KeyLine& line : keys_) report_.keys.push_back(std::move(line.figures));
    }
    if (!frame_.wants(UsagePart::series)) report_.series.clear();
    add_circumstances();
    return std::move(report_);
  }

 private:
  void add_head() {
    const DayRange& range = frame_.range();
    report_.from = range.from;
    report_.to = range.to;
    report_.days = range.days();
    report_.timezone = std::string{matter_.zone.name()};
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<UsagePart>>([&](auto part) {
      if (part.value == UsagePart::totals || frame_.wants(part.value)) report_.parts.push_back(part.value);
    });
    if (query_.group_by.size() == 1) report_.group_by = query_.group_by.front();
    report_.previous_from = range.previous().from;
    report_.previous_to = range.previous().to;
    report_.key_counts = count_keys(frame_);
    report_.gaps = find_gaps(frame_);
    report_.complete_until = complete_until(frame_);
  }

  void add_days() {
    Sheet<std::pair<std::int64_t, std::string>> sheet;
    frame_.each(matter_.sums.days, [&](const auto& sum, const usage::Source& source) {
      sheet.add({sum.bucket, source.provider}, sum);
    });
    Bill previous;
    std::map<std::int64_t, std::vector<std::pair<std::string, Bill>>> days;
    const std::int64_t first = frame_.range().from.time_since_epoch().count();
    for (auto& [name, bill] : sheet.bills()) {
      if (name.first < first) {
        previous.add(bill);
      } else {
        whole_.bill.add(bill);
        providers_[name.second].add(bill);
        days[name.first].emplace_back(name.second, std::move(bill));
      }
    }
    for (Day day = frame_.range().from; day <= frame_.range().to; day += std::chrono::days{1}) {
      add_day(day, days[day.time_since_epoch().count()]);
    }
    report_.totals = whole_.bill.figures();
    if (!previous.empty()) report_.previous = previous.figures();
    whole_.currency = whole_.bill.main_currency();
    report_.changes = usage_changes(frame_, whole_.currency);
  }

  void add_day(Day day, const std::vector<std::pair<std::string, Bill>>& providers) {
    Bill sum;
    DayFigures line;
    for (const auto& [provider, bill] : providers) {
      sum.add(bill);
      ProviderFigures& part = line.by_provider.emplace_back();
      static_cast<Figures&>(part) = bill.figures();
      part.provider = provider;
    }
    static_cast<Figures&>(line) = sum.figures();
    line.day = day;
    report_.series.push_back(std::move(line));
  }

  void add_groups() {
    const GroupMatter matter{&whole_, &report_.series, &providers_, &keys_};
    for (const GroupBy by : query_.group_by) {
      report_.groups_by.emplace(boost::describe::enum_to_string(by, ""), group_lines(frame_, by, matter));
    }
    if (query_.group_by.size() == 1) report_.groups = report_.groups_by.begin()->second;
  }

  void add_circumstances() {
    for (const usage::Source& source : matter_.facts.sources) {
      report_.synced_at = std::max(report_.synced_at, source.last_success_at);
    }
    if (frame_.wants(UsagePart::budgets)) report_.budgets = matter_.budgets;
    if (frame_.wants(UsagePart::sources)) {
      report_.sources = source_states(matter_.held, matter_.facts, {}, matter_.now);
    }
    const std::vector<UsageReportStore::Unpriced> unpriced = unpriced_of(frame_);
    if (frame_.wants(UsagePart::unpriced)) add_unpriced(unpriced);
    if (frame_.wants(UsagePart::problems)) add_problems(unpriced);
  }

  void add_unpriced(const std::vector<UsageReportStore::Unpriced>& unpriced) {
    for (const UsageReportStore::Unpriced& one : unpriced) {
      UnpricedModel& line = report_.unpriced.emplace_back();
      line.provider = one.provider;
      line.model = one.model;
      if (one.requests_known > 0) line.requests = one.requests;
      line.tokens = one.input_tokens + one.output_tokens;
    }
  }

  void add_problems(const std::vector<UsageReportStore::Unpriced>& unpriced) {
    report_.problems =
        find_problems({&matter_.held, &matter_.facts, &matter_.budgets, &unpriced, matter_.now, &describe_});
    std::erase_if(report_.problems, [this](const Problem& problem) {
      return (query_.account_id && problem.account_id && problem.account_id != query_.account_id) ||
             (query_.key_id && problem.key_id && problem.key_id != query_.key_id) ||
             (query_.provider && !problem.provider.empty() && problem.provider != *query_.provider);
    });
  }

  const ReportMatter& matter_;
  const UsageQuery& query_;
  ReportFrame frame_;
  const ProviderNames& describe_;
  UsageReport report_{};
  Whole whole_{};
  std::map<std::string, Bill> providers_{};
  std::vector<KeyLine> keys_{};
};

Whole whole_of(const std::vector<KeyLine>& lines) {
  Whole whole;
  for (const KeyLine& line : lines) whole.bill.add(line.bill);
  whole.currency = whole.bill.main_currency();
  return whole;
}

}  // namespace

SumsQuery sums_for(const UsageQuery& query, const DayRange& range, Day today) {
  const auto grouped = [&](GroupBy by) {
    return wants_part(query, UsagePart::groups) && std::ranges::find(query.group_by, by) != query.group_by.end();
  };
  return {.range = range,
          .today = today,
          .keys = needs_keys(query),
          .models = grouped(GroupBy::model),
          .projects = grouped(GroupBy::project),
          .hours = grouped(GroupBy::hour) || grouped(GroupBy::hour_of_week),
          .unpriced = wants_part(query, UsagePart::unpriced) || wants_part(query, UsagePart::problems)};
}

UsageReport build_report(const ReportMatter& matter, const UsageQuery& query, const DayRange& range,
                         const ProviderNames& describe) {
  return Builder(matter, query, range, describe).run();
}

UsageKeys build_keys(const ReportMatter& matter, const UsageKeyQuery& query, const DayRange& range) {
  const UsageQuery everything;
  const ReportFrame frame(matter, everything, range);
  std::vector<KeyLine> lines = key_lines(frame, {});
  UsageKeys made{.from = range.from, .to = range.to, .timezone = std::string{matter.zone.name()}};
  made.all_count = std::ssize(lines);
  std::erase_if(lines, [&](const KeyLine& line) { return !passes(query, line.figures); });
  made.totals = sum_of(lines);
  const Whole whole = whole_of(lines);
  sort_lines(lines, query.sort, query.descending, whole);
  for (KeyLine& line : lines) {
    line.figures.cost_permille = whole.share(line.bill);
    made.lines.push_back(std::move(line.figures));
  }
  return made;
}

}  // namespace keyledger::service
