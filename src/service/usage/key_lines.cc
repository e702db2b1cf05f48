#include "service/usage/key_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::service {
namespace {

constexpr std::string_view kNobody = "Not attributable to a key";

/// Owners are told apart by what they are and not by what they are called.
std::string id_of(const Owner& owner, usage::SourceId source) {
  if (owner.kind == OwnerKind::held) return fmt::format("held:{:019}", owner.key_id->value);
  const char* const kind = boost::describe::enum_to_string(owner.kind, "");
  return fmt::format("{}:{:019}:{}", kind, source.value, owner.remote_key_id);
}

KeyFigures to_line(const Owner& owner, const Bill& bill, const Whole& whole) {
  KeyFigures line;
  static_cast<Figures&>(line) = bill.figures();
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
  line.last_used_at = owner.last_used_at;
  line.cost_permille = whole.share(bill);
  line.list_price = bill.list_price();
  return line;
}

/// Sums by owner. A key that is known in several places is one line.
class OwnerSums {
 public:
  explicit OwnerSums(const ReportFrame& frame) : frame_(frame) {}

  struct Entry {
    Owner owner{};
    Bill bill{};
  };
  std::map<std::string, Entry> entries() {
    Sheet<std::pair<usage::SourceId, std::int64_t>> sheet;
    const auto take = [&](const auto& sum, const usage::Source& source) { sheet.add({source.id, sum.item_id}, sum); };
    frame_.each(frame_.matter().sums.keys, take);
    const std::map<usage::SourceId, Day> last_days = last_used_days();
    std::map<std::string, Entry> entries;
    for (const auto& [name, bill] : sheet.bills()) {
      Owner owner = frame_.owners().owner(name.first, name.second);
      const auto last = last_days.find(name.first);
      // What reads its own use is not told apart by key, so that the use of its source is its own.
      const bool own = owner.kind == OwnerKind::held && name.second == 0;
      if (own && last != last_days.end()) owner.last_used = last->second;
      Entry& entry = entries[id_of(owner, name.first)];
      add(entry, std::move(owner), bill);
    }
    return entries;
  }

 private:
  static void add(Entry& entry, Owner owner, const Bill& bill) {
    entry.bill.add(bill);
    owner.last_used = std::max(entry.owner.last_used, owner.last_used);
    owner.last_used_at = std::max(entry.owner.last_used_at, owner.last_used_at);
    entry.owner = std::move(owner);
  }

  [[nodiscard]] std::map<usage::SourceId, Day> last_used_days() const {
    std::map<usage::SourceId, Day> days;
    for (const std::shared_ptr<const SumsPiece>& piece : frame_.matter().sums.days) {
      for (const usage::CountSum& sum : piece->counts) {
        Day& day = days[sum.source_id];
        day = std::max(day, Day{std::chrono::days{sum.bucket}});
      }
    }
    return days;
  }

  const ReportFrame& frame_;
};

/// A key that nothing was counted for: none where its use would be known, else unknown.
KeyLine unused_line(const ReportFrame& frame, const HeldKey& held, const Whole& whole) {
  const Owner owner = frame.owners().held(held);
  KeyLine line{to_line(owner, Bill{}, whole), {}, false, id_of(owner, {})};
  if (frame.owners().covered(held)) return line;
  line.figures.requests.reset();
  line.figures.tokens.reset();
  return line;
}

}  // namespace

std::vector<KeyLine> key_lines(const ReportFrame& frame, const Whole& whole) {
  std::map<std::string, OwnerSums::Entry> entries = OwnerSums(frame).entries();
  std::vector<KeyLine> lines;
  lines.reserve(entries.size() + frame.matter().held.size());
  for (const HeldKey& held : frame.matter().held) {
    const bool used = entries.contains(id_of(frame.owners().held(held), {}));
    if (!used && frame.asked(held.key)) lines.push_back(unused_line(frame, held, whole));
  }
  for (auto& [id, entry] : entries) {
    lines.push_back({to_line(entry.owner, entry.bill, whole), std::move(entry.bill), true, id});
  }
  sort_lines(lines, UsageKeySort::cost, true, whole);
  return lines;
}

}  // namespace keyledger::service
