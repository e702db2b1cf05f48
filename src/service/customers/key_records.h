// service/customers/key_records.h: a customer key as the API shows it, and as the key table holds it.
#pragma once

#include "service/customers/customer_keys.h"
#include "store/customer_key_store.h"

namespace keyledger::service {

/// `standings` in whatever order.
[[nodiscard]] CustomerKeyView view_of(store::CustomerKeyStore::Entry entry,
                                      std::vector<limits::LimitStanding> standings, Instant now);

[[nodiscard]] CustomerRecord record_of(const customers::Customer& customer);

/// Reads the key again, with its digests, and has the table know it after the commit.
/// Errors: those of the database; internal for a stored network that cannot be read.
[[nodiscard]] Result<void> put_after_commit(store::Transaction& transaction, KeyTable* table, CustomerKeyId id,
                                            Instant now);
void put_after_commit(store::Transaction& transaction, KeyTable* table, const customers::Customer& customer);

/// "customer_keys/17", as the audit log names it.
[[nodiscard]] std::string subject(CustomerKeyId id);
[[nodiscard]] std::string subject(CustomerId id);
/// "100 requests a day, 2 rentals at once", or "none".
[[nodiscard]] std::string in_words(const std::vector<limits::Limit>& limits);

}  // namespace keyledger::service
