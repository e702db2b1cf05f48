#include "store/audit_store.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(AuditStore::Filter, (), (before, actor, action, subject, from, to, limit))

Result<void> AuditStore::append(Transaction& transaction, const AuditRow& row) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO audit_log (id, at, actor_kind, actor_name, address, action, subject, details, hash)
    VALUES (:id, :at, :actor_kind, :actor_name, :address, :action, :subject, :details, :hash))sql"};
  const Result<std::int64_t> inserted = transaction.change(kInsert, row);
  if (!inserted) return std::unexpected(inserted.error());
  return {};
}

Result<std::optional<AuditRow>> AuditStore::newest(Transaction& transaction) {
  static const Query<AuditRow> kNewest{R"sql(
    SELECT id, at, actor_kind, actor_name, address, action, subject, details, hash
      FROM audit_log ORDER BY id DESC LIMIT 1)sql"};
  return transaction.one(kNewest);
}

Result<std::vector<AuditRow>> AuditStore::list(Transaction& transaction, const Filter& filter) {
  static const Query<AuditRow> kList{R"sql(
    SELECT id, at, actor_kind, actor_name, address, action, subject, details, hash
      FROM audit_log
     WHERE id < :before
       AND (:actor IS NULL OR actor_name = :actor OR actor_kind = :actor)
       AND (:action IS NULL OR action = :action OR (:action LIKE '%.' AND action LIKE :action || '%'))
       AND (:subject IS NULL OR subject = :subject)
       AND (:from IS NULL OR at >= :from)
       AND (:to IS NULL OR at < :to)
     ORDER BY id DESC LIMIT :limit)sql"};
  return transaction.all(kList, filter);
}

Result<void> AuditStore::each(Transaction& transaction, const std::function<bool(AuditRow)>& sink) {
  static const Query<AuditRow> kEach{R"sql(
    SELECT id, at, actor_kind, actor_name, address, action, subject, details, hash FROM audit_log ORDER BY id)sql"};
  return transaction.each<AuditRow>(kEach, NoParameters{}, sink);
}

}  // namespace keyledger::store
