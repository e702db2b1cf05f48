// service/customers/key_listing.h: keys as lists show them, and how much of each was used today.
#pragma once

#include "service/customers/customer_keys.h"
#include "store/customer_key_store.h"

namespace keyledger::service {

/// A key with the standings of its limits and today's calls. Totals are as of the last settling of the ledger.
[[nodiscard]] Result<CustomerKeyView> view_in(store::Transaction& transaction, KeyTable* table,
                                              store::CustomerKeyStore::Entry entry, Instant now);

/// One page. By used_today every key under the filters is looked at, and no more than a page of them is kept.
[[nodiscard]] Result<Listed<CustomerKeyView>> list_keys(store::Transaction& transaction, KeyTable* table,
                                                        const CustomerKeyQuery& query, Instant now);

}  // namespace keyledger::service
