// service/key_test_records.h: a key test as the provider answered it, as it is stored, and as people read it.
#pragma once

#include "service/provider_keys.h"
#include "store/provider_key_store.h"

namespace keyledger::service {

/// A stored test with the explanation that its code has today.
[[nodiscard]] keys::KeyTestRecord to_record(const store::ProviderKeyStore::StoredTest& test);
[[nodiscard]] TestOutcome to_outcome(providers::KeyTest test, Instant at);
[[nodiscard]] store::ProviderKeyStore::StoredTest to_stored(ProviderKeyId id, const TestOutcome& outcome);

/// Keeps the outcome of a test with its readings, and writes the line of the audit log.
/// Errors: not_found, reason unknown_key: the key may be gone by now.
[[nodiscard]] Result<void> keep_outcome(store::Transaction& transaction, const Actor& actor, ProviderKeyId id,
                                        const TestOutcome& outcome);

}  // namespace keyledger::service
