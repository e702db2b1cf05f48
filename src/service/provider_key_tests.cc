// The tests of provider keys: running them, and their history.
#include "service/audit.h"
#include "service/key_rules.h"
#include "service/key_test_records.h"
#include "service/provider_keys.h"
#include "store/reading_store.h"

namespace keyledger::service {

using keys::ProviderKey;
using store::ProviderKeyStore;
using store::Transaction;

runtime::Task<Result<std::vector<NumberedTest>>> ProviderKeys::tests(ProviderKeyId id,
                                                                     std::optional<std::int64_t> before,
                                                                     std::int64_t limit) const {
  auto read = [id, before, limit](Transaction& transaction) -> Result<std::vector<NumberedTest>> {
    const Result<ProviderKey> key = ProviderKeyStore::get(transaction, id);
    if (!key) return std::unexpected(key.error());
    const auto stored = ProviderKeyStore::tests(transaction, id, before, limit + 1);
    if (!stored) return std::unexpected(stored.error());
    std::vector<NumberedTest> tests;
    for (const ProviderKeyStore::StoredTest& test : *stored) tests.push_back({test.id, to_record(test)});
    return tests;
  };
  Result<std::vector<NumberedTest>> tests =
      co_await core_.store->readers().run<std::vector<NumberedTest>>(std::move(read));
  co_return tests;
}

runtime::Task<Result<std::vector<ReadingShown>>> ProviderKeys::readings(ProviderKeyId id) const {
  auto read = [id](Transaction& transaction) -> Result<std::vector<ReadingShown>> {
    const Result<ProviderKey> key = ProviderKeyStore::get(transaction, id);
    if (!key) return std::unexpected(key.error());
    Result<std::vector<store::ReadingStore::Stored>> stored = store::ReadingStore::latest(transaction, id);
    if (!stored) return std::unexpected(stored.error());
    std::vector<ReadingShown> shown;
    for (store::ReadingStore::Stored& row : *stored) {
      ReadingShown& line = shown.emplace_back();
      static_cast<usage::Reading&>(line) = std::move(row.reading);
      line.taken_at = row.taken_at;
    }
    return shown;
  };
  Result<std::vector<ReadingShown>> shown =
      co_await core_.store->readers().run<std::vector<ReadingShown>>(std::move(read));
  co_return shown;
}

runtime::Task<TestOutcome> ProviderKeys::run_test(std::string provider, providers::Access access) const {
  const providers::Provider* found = endpoints_->registry().find(provider);
  check_invariant(found != nullptr, "a stored provider is in the registry");
  providers::KeyTest test = co_await found->test(std::move(access));
  co_return to_outcome(std::move(test), core_.clock->now());
}

runtime::Task<Result<TestOutcome>> ProviderKeys::test(Actor actor, ProviderKeyId id) {
  Result<KeyView> key = co_await get(id);
  if (!key) co_return std::unexpected(key.error());
  Result<providers::Access> reachable = co_await access(id);
  if (!reachable) co_return std::unexpected(reachable.error());
  TestOutcome outcome = co_await run_test(key->provider, std::move(*reachable));
  auto store_test = [actor = std::move(actor), id, outcome](Transaction& transaction) {
    return keep_outcome(transaction, actor, id, outcome);
  };
  const Result<void> stored = co_await core_.store->writer().run<void>(std::move(store_test));
  if (!stored) co_return std::unexpected(stored.error());
  co_return outcome;
}

runtime::Task<Result<TestOutcome>> ProviderKeys::test_unsaved(Actor actor, UnsavedKey key) {
  Result<Secret> text = keys::clean(std::move(key.full_key));
  if (!text) co_return std::unexpected(text.error());
  const Result<void> known = check_provider(key.provider);
  if (!known) co_return std::unexpected(known.error());
  Result<Identified> identified = identify(*text, key.provider, key.key_type);
  if (!identified) co_return std::unexpected(identified.error());
  Result<providers::Access> reachable =
      endpoints_->access(identified->provider, identified->type, key.base_url, std::move(*text));
  if (!reachable) co_return std::unexpected(reachable.error());
  TestOutcome outcome = co_await run_test(identified->provider, std::move(*reachable));
  auto audit = [actor = std::move(actor), provider = identified->provider, at = outcome.at,
                code = outcome.code](Transaction& transaction) {
    return record_audit(transaction, at, actor, "keys.test", "unstored", {{"provider", provider}, {"code", code}});
  };
  const Result<void> audited = co_await core_.store->writer().run<void>(std::move(audit));
  if (!audited) co_return std::unexpected(audited.error());
  co_return outcome;
}

}  // namespace keyledger::service
