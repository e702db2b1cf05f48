#include "store/provider_key_list.h"

#include "store/ordered_ids.h"
#include "store/provider_key_store.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(ProviderKeyList::Filter, (), (provider, account_id, status, key_type, admin_key_id, like))
BOOST_DESCRIBE_STRUCT(ProviderKeyList::Names, (), (account_name, admin_key_name))

namespace {

struct OfKey {
  ProviderKeyId id{};
};
BOOST_DESCRIBE_STRUCT(OfKey, (), (id))

/// The status begins with those that work; the order is that of what needs attention.
const OrderedIds& ordered() {
  using enum OrderedIds::Way::Kind;
  static const OrderedIds kIds{"k.id",
                               R"sql(
      FROM provider_keys k JOIN accounts a ON a.id = k.account_id
     WHERE (:provider IS NULL OR k.provider = :provider)
       AND (:account_id IS NULL OR k.account_id = :account_id)
       AND (:status IS NULL OR k.status = :status)
       AND (:key_type IS NULL OR k.key_type = :key_type)
       AND (:admin_key_id IS NULL OR k.admin_key_id = :admin_key_id)
       AND (:like = '%' OR LOWER(k.name) LIKE :like ESCAPE '\' OR LOWER(k.masked_key) LIKE :like ESCAPE '\'
            OR LOWER(k.notes) LIKE :like ESCAPE '\' OR LOWER(a.name) LIKE :like ESCAPE '\'
            OR a.email_folded LIKE :like ESCAPE '\'))sql",
                               {{"LOWER(k.name)", text},
                                {"k.provider", text},
                                {"k.key_type", text},
                                {"CASE WHEN a.name = '' THEN a.email_folded ELSE LOWER(a.name) END", text},
                                {"CASE k.status WHEN 'valid' THEN 0 WHEN 'valid_but_restricted' THEN 1"
                                 " WHEN 'rate_limited' THEN 2 WHEN 'unreachable' THEN 3 WHEN 'invalid' THEN 4 END"},
                                {"(SELECT MAX(t.at) FROM key_tests t WHERE t.provider_key_id = k.id)"},
                                {"k.created_at"}}};
  return kIds;
}

}  // namespace

Result<std::vector<ListPlace>> ProviderKeyList::page(Transaction& transaction, const ListPage<keys::KeySort>& page,
                                                     const Filter& filter) {
  return ordered().page(transaction, page, filter);
}

Result<void> ProviderKeyList::each(Transaction& transaction, const Filter& filter,
                                   const std::function<bool(ProviderKeyId)>& sink) {
  return ordered().each(transaction, filter, [&sink](std::int64_t id) { return sink(ProviderKeyId{id}); });
}

Result<std::int64_t> ProviderKeyList::count(Transaction& transaction, const Filter& filter) {
  return ordered().count(transaction, filter);
}

Result<ProviderKeyList::Names> ProviderKeyList::names(Transaction& transaction, ProviderKeyId id) {
  static const Query<Names> kNames{R"sql(
    SELECT CASE WHEN a.name = '' THEN a.email ELSE a.name END, admin.name
      FROM provider_keys k JOIN accounts a ON a.id = k.account_id
      LEFT JOIN provider_keys admin ON admin.id = k.admin_key_id
     WHERE k.id = :id)sql"};
  Result<std::optional<Names>> row = transaction.one(kNames, OfKey{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_key(id);
  return std::move(**row);
}

}  // namespace keyledger::store
