// service/provider_key_views.h: held keys as answers show them, one or a page of them.
#pragma once

#include "service/provider_keys.h"
#include "store/provider_key_list.h"

namespace keyledger::service {

/// Errors: not_found, reason unknown_key.
[[nodiscard]] Result<KeyView> key_view(store::Transaction& transaction, ProviderKeyId id);
[[nodiscard]] Result<Listed<KeyView>> list_key_views(store::Transaction& transaction, const KeyQuery& query);
/// The ids of all keys under the filters, from the smallest on.
[[nodiscard]] Result<std::vector<ProviderKeyId>> ids_under(store::Transaction& transaction, const KeyFilter& filter);

}  // namespace keyledger::service
