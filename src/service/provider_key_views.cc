#include "service/provider_key_views.h"

#include <algorithm>

#include "service/key_rules.h"
#include "service/key_test_records.h"
#include "store/ordered_ids.h"

namespace keyledger::service {
namespace {

using store::ProviderKeyList;
using store::ProviderKeyStore;
using store::Transaction;

ProviderKeyList::Filter to_filter(const KeyFilter& filter) {
  return {filter.provider, filter.account_id,   filter.status,
          filter.key_type, filter.admin_key_id, like_pattern(filter.search)};
}

}  // namespace

Result<KeyView> key_view(Transaction& transaction, ProviderKeyId id) {
  Result<keys::ProviderKey> key = ProviderKeyStore::get(transaction, id);
  if (!key) return std::unexpected(key.error());
  Result<ProviderKeyList::Names> names = ProviderKeyList::names(transaction, id);
  if (!names) return std::unexpected(names.error());
  const Result<std::vector<ProviderKeyStore::StoredTest>> tests = ProviderKeyStore::tests(transaction, id, {}, 1);
  if (!tests) return std::unexpected(tests.error());
  KeyView shown{std::move(*key)};
  shown.account_name = std::move(names->account_name);
  shown.admin_key_name = std::move(names->admin_key_name);
  if (!tests->empty()) shown.last_test = to_record(tests->front());
  return shown;
}

Result<Listed<KeyView>> list_key_views(Transaction& transaction, const KeyQuery& query) {
  const ProviderKeyList::Filter filter = to_filter(query.filter);
  Result<std::vector<ListPlace>> places = ProviderKeyList::page(transaction, query.page, filter);
  if (!places) return std::unexpected(places.error());
  Listed<KeyView> listed{.next = store::cut_page(*places, query.page.limit)};
  for (const ListPlace& place : *places) {
    Result<KeyView> shown = key_view(transaction, ProviderKeyId{place.id});
    if (!shown) return std::unexpected(shown.error());
    listed.rows.push_back(std::move(*shown));
  }
  if (!query.page.counted) return listed;
  const Result<std::int64_t> count = ProviderKeyList::count(transaction, filter);
  if (!count) return std::unexpected(count.error());
  const Result<std::int64_t> all = ProviderKeyList::count(transaction, {});
  if (!all) return std::unexpected(all.error());
  listed.count = *count;
  listed.all_count = *all;
  return listed;
}

Result<std::vector<ProviderKeyId>> ids_under(Transaction& transaction, const KeyFilter& filter) {
  std::vector<ProviderKeyId> ids;
  const Result<void> read = ProviderKeyList::each(transaction, to_filter(filter), [&ids](ProviderKeyId id) {
    ids.push_back(id);
    return true;
  });
  if (!read) return std::unexpected(read.error());
  std::ranges::sort(ids);
  return ids;
}

}  // namespace keyledger::service
