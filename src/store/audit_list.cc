#include "store/audit_list.h"

#include "store/ordered_ids.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(AuditList::Filter, (), (actor, actor_kind, action, subject, from, to, like))

namespace {

const OrderedIds& ordered() {
  using enum OrderedIds::Way::Kind;
  static const OrderedIds kIds{"l.id",
                               R"sql(
      FROM audit_log l
     WHERE (:actor IS NULL OR l.actor_name = :actor OR l.actor_kind = :actor)
       AND (:actor_kind IS NULL OR l.actor_kind = :actor_kind)
       AND (:action IS NULL OR l.action = :action OR (:action LIKE '%.' AND l.action LIKE :action || '%'))
       AND (:subject IS NULL OR l.subject = :subject)
       AND (:from IS NULL OR l.at >= :from)
       AND (:to IS NULL OR l.at < :to)
       AND (:like = '%' OR LOWER(l.actor_name) LIKE :like ESCAPE '\' OR LOWER(l.address) LIKE :like ESCAPE '\'
            OR LOWER(l.action) LIKE :like ESCAPE '\' OR LOWER(l.subject) LIKE :like ESCAPE '\'
            OR LOWER(l.details) LIKE :like ESCAPE '\'))sql",
                               {{"l.at"}, {"LOWER(l.actor_name)", text}, {"l.action", text}, {"l.subject", text}}};
  return kIds;
}

}  // namespace

Result<std::vector<ListPlace>> AuditList::page(Transaction& transaction, const ListPage<AuditSort>& page,
                                               const Filter& filter) {
  return ordered().page(transaction, page, filter);
}

Result<std::int64_t> AuditList::count(Transaction& transaction, const Filter& filter) {
  return ordered().count(transaction, filter);
}

}  // namespace keyledger::store
