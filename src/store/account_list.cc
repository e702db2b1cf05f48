#include "store/account_list.h"

#include "store/ordered_ids.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(AccountList::Filter, (), (like))

namespace {

/// A text that was left empty is not known.
const OrderedIds& ordered() {
  using enum OrderedIds::Way::Kind;
  static const OrderedIds kIds{"a.id",
                               R"sql(
      FROM accounts a
     WHERE (:like = '%' OR a.email_folded LIKE :like ESCAPE '\' OR LOWER(a.name) LIKE :like ESCAPE '\'
            OR LOWER(a.organization_name) LIKE :like ESCAPE '\'))sql",
                               {{"NULLIF(LOWER(a.name), '')", text},
                                {"a.email_folded", text},
                                {"NULLIF(LOWER(a.organization_name), '')", text},
                                {"(SELECT COUNT(*) FROM provider_keys k WHERE k.account_id = a.id)"},
                                {"a.id"},  // the cost is summed up elsewhere
                                {"a.created_at"}}};
  return kIds;
}

}  // namespace

Result<std::vector<ListPlace>> AccountList::page(Transaction& transaction, const ListPage<keys::AccountSort>& page,
                                                 const Filter& filter) {
  check_invariant(page.sort != keys::AccountSort::cost, "the accounts' rows do not know their cost");
  return ordered().page(transaction, page, filter);
}

Result<void> AccountList::each(Transaction& transaction, const Filter& filter,
                               const std::function<bool(AccountId)>& sink) {
  return ordered().each(transaction, filter, [&sink](std::int64_t id) { return sink(AccountId{id}); });
}

Result<std::int64_t> AccountList::count(Transaction& transaction, const Filter& filter) {
  return ordered().count(transaction, filter);
}

}  // namespace keyledger::store
