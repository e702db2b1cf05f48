#include "store/audit_store.h"

namespace keyledger::store {

namespace {

struct LineId {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(LineId, (), (id))

}  // namespace

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

Result<std::optional<AuditRow>> AuditStore::get(Transaction& transaction, std::int64_t id) {
  static const Query<AuditRow> kGet{R"sql(
    SELECT id, at, actor_kind, actor_name, address, action, subject, details, hash FROM audit_log WHERE id = :id)sql"};
  return transaction.one(kGet, LineId{id});
}

Result<void> AuditStore::each(Transaction& transaction, const std::function<bool(AuditRow)>& sink) {
  static const Query<AuditRow> kEach{R"sql(
    SELECT id, at, actor_kind, actor_name, address, action, subject, details, hash FROM audit_log ORDER BY id)sql"};
  return transaction.each<AuditRow>(kEach, NoParameters{}, sink);
}

}  // namespace keyledger::store
