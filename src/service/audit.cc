#include "service/audit.h"

#include <fmt/format.h>

#include "crypto/hash.h"
#include "domain/audit/chain.h"
#include "service/audit_lines.h"
#include "store/audit_store.h"
#include "store/identity_store.h"

namespace keyledger::service {
namespace {

// The newest line's id and hash, kept apart from the lines, so that cutting off the end of the log shows.
const std::string kHead = "audit_head";

/// "name\tvalue\n" lines; names are ours, values have their control characters replaced.
std::string pack(AuditDetails details) {
  std::string text;
  for (const auto& [name, value] : details) {
    text.append(name).append("\t");
    for (const char c : value) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    text += '\n';
  }
  return text;
}

std::map<std::string, std::string> unpack(std::string_view text) {
  std::map<std::string, std::string> details;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t tab = line.find('\t');
    if (tab != std::string_view::npos) details.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
  return details;
}

audit::AuditEntry to_entry(const store::AuditRow& row) {
  return {row.id, row.at, row.actor_kind, row.actor_name, row.address, row.action, row.subject, row.details};
}

/// What the act has noted as the name of its subject, under whichever word suits that.
std::optional<std::string> name_of(const std::map<std::string, std::string>& details) {
  for (const char* const word : {"name", "username", "email"}) {
    const auto found = details.find(word);
    if (found != details.end() && !found->second.empty()) return found->second;
  }
  return std::nullopt;
}

std::string head_text(std::int64_t id, std::string_view hash) {
  return fmt::format("{}:{}", id, hash);
}

}  // namespace

AuditLine audit_line(store::AuditRow row) {
  std::map<std::string, std::string> details = unpack(row.details);
  std::optional<std::string> name = name_of(details);
  return {row.id,
          row.at,
          std::move(row.actor_kind),
          std::move(row.actor_name),
          std::move(row.address),
          std::move(row.action),
          std::move(row.subject),
          std::move(name),
          std::move(details),
          std::move(row.hash)};
}

/// Feeds all lines to the verifier, then compares the last with the head.
Result<AuditState> verify_audit(store::Transaction& transaction) {
  AuditState state;
  audit::ChainVerifier verifier;
  const Result<void> read = store::AuditStore::each(transaction, [&](store::AuditRow row) {
    const std::optional<audit::Broken> broken = verifier.feed(to_entry(row), row.hash);
    if (broken) {
      state.whole = false;
      state.broken_at = broken->id;
      state.what = broken->what;
      return false;
    }
    state.lines = row.id;
    state.last_at = row.at;
    state.head = row.hash;
    return true;
  });
  if (!read) return std::unexpected(read.error());
  const Result<std::optional<std::string>> head = store::SettingStore::get(transaction, kHead);
  if (!head) return std::unexpected(head.error());
  if (state.whole && head->value_or(head_text(0, "")) != head_text(state.lines, state.head)) {
    state.whole = false;
    state.broken_at = state.lines + 1;
    state.what = "lines are missing at the end";
  }
  return state;
}

Result<void> record_audit(store::Transaction& transaction, Instant now, const Actor& actor, std::string_view action,
                          std::string_view subject, AuditDetails details) {
  const Result<std::optional<store::AuditRow>> newest = store::AuditStore::newest(transaction);
  if (!newest) return std::unexpected(newest.error());
  crypto::Digest previous = audit::genesis();
  if (*newest) {
    const std::optional<crypto::Bytes> stored = crypto::from_hex((*newest)->hash);
    if (!stored || stored->size() != previous.size()) {
      return fail(Code::internal, "The audit log is damaged; run keyledger audit verify.", "audit_damaged");
    }
    std::copy(stored->begin(), stored->end(), previous.begin());
  }
  store::AuditRow row;
  row.id = *newest ? (*newest)->id + 1 : 1;
  row.at = now;
  row.actor_kind = boost::describe::enum_to_string(actor.kind, "unknown");
  row.actor_name = actor.name;
  row.address = actor.address;
  row.action = action;
  row.subject = subject;
  row.details = pack(details);
  row.hash = crypto::to_hex(audit::next_hash(previous, to_entry(row)));
  const Result<void> appended = store::AuditStore::append(transaction, row);
  if (!appended) return appended;
  return store::SettingStore::put(transaction, kHead, head_text(row.id, row.hash));
}

}  // namespace keyledger::service
