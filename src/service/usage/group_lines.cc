#include "service/usage/group_lines.h"

#include <algorithm>

namespace keyledger::service {
namespace {

GroupFigures to_group(std::string group, std::string name, std::string provider, const Bill& bill, const Whole& whole) {
  GroupFigures line;
  static_cast<Figures&>(line) = bill.figures();
  line.group = std::move(group);
  line.name = std::move(name);
  line.provider = std::move(provider);
  line.cost_permille = whole.share(bill);
  return line;
}

void sort_groups(std::vector<GroupFigures>& groups) {
  std::ranges::stable_sort(groups, [](const GroupFigures& left, const GroupFigures& right) {
    return std::tuple{right.cost_permille, right.tokens} < std::tuple{left.cost_permille, left.tokens};
  });
}

class Grouper {
 public:
  Grouper(const ReportFrame& frame, const GroupMatter& matter) : frame_(frame), matter_(matter) {}

  std::vector<GroupFigures> run(GroupBy by) {
    switch (by) {
      case GroupBy::day: by_day(); break;
      case GroupBy::key: by_key(); break;
      case GroupBy::provider: by_provider(); break;
      case GroupBy::account: by_account(); break;
      case GroupBy::model: by_model(); break;
      case GroupBy::project: by_project(); break;
      case GroupBy::hour: by_hour(); break;
      case GroupBy::hour_of_week: return week_lines(frame_, *matter_.whole);
    }
    return std::move(groups_);
  }

 private:
  void add(std::string group, std::string name, std::string provider, const Bill& bill) {
    groups_.push_back(to_group(std::move(group), std::move(name), std::move(provider), bill, *matter_.whole));
  }

  void by_day() {
    for (const DayFigures& day : *matter_.days) {
      GroupFigures& line = groups_.emplace_back();
      static_cast<Figures&>(line) = day;
      line.group = line.name = to_string(day.day);
    }
  }

  void by_key() {
    for (const KeyLine& key : *matter_.keys) {
      GroupFigures& line = groups_.emplace_back();
      static_cast<Figures&>(line) = key.figures;
      line.group =
          key.figures.key_id ? std::to_string(key.figures.key_id->value) : key.figures.remote_key_id.value_or("");
      line.name = key.figures.name;
      line.provider = key.figures.provider;
      line.cost_permille = key.figures.cost_permille;
    }
  }

  void by_provider() {
    for (const auto& [provider, bill] : *matter_.providers) add(provider, provider, provider, bill);
    sort_groups(groups_);
  }

  void by_account() {
    std::map<std::pair<std::int64_t, std::string>, Bill> bills;
    for (const KeyLine& key : *matter_.keys) {
      if (!key.used) continue;
      bills[{key.figures.account_id.value_or(AccountId{}).value, key.figures.account_name}].add(key.bill);
    }
    for (const auto& [account, bill] : bills) add(std::to_string(account.first), account.second, {}, bill);
    sort_groups(groups_);
  }

  template <typename Label>
  void by_item(const SumsPieces& pieces, const Label& label) {
    Sheet<std::tuple<std::string, std::string, std::string>> sheet;  // provider, group, name
    const auto take = [&](const auto& sum, const usage::Source& source) {
      const auto [group, name] = label(sum.item_id);
      sheet.add({source.provider, group, name}, sum);
    };
    frame_.each(pieces, take);
    for (const auto& [line, bill] : sheet.bills()) {
      add(std::get<1>(line), std::get<2>(line), std::get<0>(line), bill);
    }
    sort_groups(groups_);
  }

  void by_model() {
    const Sums& sums = frame_.matter().sums;
    by_item(sums.models, [&sums](std::int64_t id) {
      const auto word = sums.words.find(id);
      if (word == sums.words.end()) return std::pair{std::string{}, std::string{"Not told by model"}};
      return std::pair{word->second, word->second};
    });
  }

  void by_project() {
    std::map<std::int64_t, const usage::RemoteProjectRecord*> projects;
    for (const usage::RemoteProjectRecord& project : frame_.matter().projects) projects.emplace(project.id, &project);
    by_item(frame_.matter().sums.projects, [&](std::int64_t id) {
      const auto found = projects.find(id);
      if (found == projects.end()) return std::pair{std::string{}, std::string{"Not told by project"}};
      const usage::RemoteProjectRecord& project = *found->second;
      return std::pair{project.remote_id, project.name.empty() ? project.remote_id : project.name};
    });
  }

  void by_hour() {
    Sheet<std::int64_t> sheet;
    frame_.each(frame_.matter().sums.hours, [&](const auto& sum, const usage::Source&) { sheet.add(sum.bucket, sum); });
    for (const auto& [hour, bill] : sheet.bills()) {
      const std::string start = to_rfc3339(Instant{std::chrono::hours{hour}});
      add(start, start, {}, bill);
    }
  }

  const ReportFrame& frame_;
  const GroupMatter& matter_;
  std::vector<GroupFigures> groups_{};
};

}  // namespace

std::vector<GroupFigures> group_lines(const ReportFrame& frame, GroupBy by, const GroupMatter& matter) {
  return Grouper(frame, matter).run(by);
}

}  // namespace keyledger::service
