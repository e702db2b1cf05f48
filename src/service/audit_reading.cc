// What is read of the audit log: its lines, and whether it is whole.
#include <fmt/format.h>

#include <charconv>

#include "service/audit.h"
#include "service/audit_lines.h"
#include "service/key_rules.h"
#include "store/identity_store.h"
#include "store/ordered_ids.h"

namespace keyledger::service {
namespace {

using store::AuditList;
using store::AuditStore;
using store::SettingStore;
using store::Transaction;

const std::string kVerified = "audit_verified";

AuditList::Filter to_filter(const AuditQuery& query) {
  AuditList::Filter filter{
      query.actor, {}, query.action, query.subject, query.from, query.to, like_pattern(query.search)};
  if (query.actor_kind) filter.actor_kind = boost::describe::enum_to_string(*query.actor_kind, "");
  return filter;
}

Result<Listed<AuditLine>> list_lines(Transaction& transaction, const AuditQuery& query) {
  const AuditList::Filter filter = to_filter(query);
  Result<std::vector<ListPlace>> places = AuditList::page(transaction, query.page, filter);
  if (!places) return std::unexpected(places.error());
  Listed<AuditLine> listed{.next = store::cut_page(*places, query.page.limit)};
  for (const ListPlace& place : *places) {
    Result<std::optional<store::AuditRow>> row = AuditStore::get(transaction, place.id);
    if (!row) return std::unexpected(row.error());
    if (*row) listed.rows.push_back(audit_line(std::move(**row)));
  }
  if (!query.page.counted) return listed;
  const Result<std::int64_t> count = AuditList::count(transaction, filter);
  if (!count) return std::unexpected(count.error());
  const Result<std::int64_t> all = AuditList::count(transaction, {});
  if (!all) return std::unexpected(all.error());
  listed.count = *count;
  listed.all_count = *all;
  return listed;
}

/// Seven fields with tabs between, the sentence last.
std::string pack(Instant at, const AuditState& state) {
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : std::string{};
  };
  std::optional<std::int64_t> last;
  if (state.last_at) last = to_millis(*state.last_at);
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}", to_millis(at), state.whole ? 1 : 0, state.lines, number(last),
                     state.head, number(state.broken_at), state.what);
}

std::string_view take_field(std::string_view& text) {
  const std::string_view field = text.substr(0, text.find('\t'));
  text.remove_prefix(std::min(text.size(), field.size() + 1));
  return field;
}

std::optional<std::int64_t> take_number(std::string_view& text) {
  const std::string_view field = take_field(text);
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

AuditVerification unpack(std::string_view text) {
  const std::optional<std::int64_t> at = take_number(text);
  if (!at) return {};
  AuditState state;
  state.whole = take_number(text) == 1;
  state.lines = take_number(text).value_or(0);
  const std::optional<std::int64_t> last = take_number(text);
  if (last) state.last_at = from_millis(*last);
  state.head = take_field(text);
  state.broken_at = take_number(text);
  state.what = take_field(text);
  return {from_millis(*at), std::move(state)};
}

}  // namespace

runtime::Task<Result<Listed<AuditLine>>> Audit::list(AuditQuery query) const {
  auto read = [query = std::move(query)](Transaction& transaction) { return list_lines(transaction, query); };
  Result<Listed<AuditLine>> lines = co_await core_.store->readers().run<Listed<AuditLine>>(std::move(read));
  co_return lines;
}

runtime::Task<Result<AuditState>> Audit::verify() const {
  Result<AuditState> state = co_await core_.store->readers().run<AuditState>(&verify_audit);
  if (!state) co_return state;
  auto remember = [text = pack(core_.clock->now(), *state)](Transaction& transaction) {
    return SettingStore::put(transaction, kVerified, text);
  };
  const Result<void> remembered = co_await core_.store->writer().run<void>(std::move(remember));
  if (!remembered) co_return std::unexpected(remembered.error());
  co_return state;
}

runtime::Task<Result<AuditVerification>> Audit::last() const {
  auto read = [](Transaction& transaction) -> Result<AuditVerification> {
    const Result<std::optional<std::string>> text = SettingStore::get(transaction, kVerified);
    if (!text) return std::unexpected(text.error());
    return *text ? unpack(**text) : AuditVerification{};
  };
  Result<AuditVerification> last = co_await core_.store->readers().run<AuditVerification>(std::move(read));
  co_return last;
}

runtime::Task<Result<std::optional<AuditState>>> Audit::verify_if_due() const {
  const Result<AuditVerification> before = co_await last();
  if (!before) co_return std::unexpected(before.error());
  const Instant now = core_.clock->now();
  // One that lies in the future was made before the clock was set back, and says nothing.
  const bool fresh = before->verified_at && *before->verified_at <= now && now - *before->verified_at < kVerifyEvery;
  if (fresh) co_return std::nullopt;
  Result<AuditState> state = co_await verify();
  if (!state) co_return std::unexpected(state.error());
  co_return std::move(*state);
}

}  // namespace keyledger::service
