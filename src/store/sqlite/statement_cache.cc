#include "store/sqlite/statement_cache.h"

namespace keyledger::store {

Result<StatementLease> StatementCache::lease(const std::string& sql) {
  auto found = entries_.find(&sql);
  if (found != entries_.end() && found->second.statement.running()) return lease_for_once(sql);
  if (found != entries_.end() && found->second.sql != sql) {
    entries_.erase(found);
    found = entries_.end();
  }
  if (found == entries_.end()) {
    if (entries_.size() >= max_ && !make_room()) return lease_for_once(sql);
    Result<SqliteStatement> prepared = SqliteStatement::prepare(handle_, sql, Lifetime::kept);
    if (!prepared) return std::unexpected(prepared.error());
    found = entries_.emplace(&sql, Entry{sql, std::move(*prepared)}).first;
  }
  found->second.last_use = ++uses_;
  return StatementLease(&found->second.statement);
}

Result<StatementLease> StatementCache::lease_for_once(const std::string& sql) {
  Result<SqliteStatement> prepared = SqliteStatement::prepare(handle_, sql, Lifetime::once);
  if (!prepared) return std::unexpected(prepared.error());
  return StatementLease(std::move(*prepared));
}

/// Drops the statement that has rested longest; false if all are running.
bool StatementCache::make_room() {
  auto oldest = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry->second.statement.running()) continue;
    if (oldest == entries_.end() || entry->second.last_use < oldest->second.last_use) oldest = entry;
  }
  if (oldest == entries_.end()) return false;
  entries_.erase(oldest);
  return true;
}

}  // namespace keyledger::store
