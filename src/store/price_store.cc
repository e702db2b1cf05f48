#include "store/price_store.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(PriceStore::Loaded, (), (origin, version, document, loaded_at, loaded_by))
BOOST_DESCRIBE_STRUCT(PriceStore::Job, (), (name, position, detail))

namespace {

struct Kept {
  std::int64_t kept = PriceStore::kCataloguesKept;
};
BOOST_DESCRIBE_STRUCT(Kept, (), (kept))

struct ByName {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(ByName, (), (name))

}  // namespace

Result<void> PriceStore::put(Transaction& transaction, const Loaded& loaded) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO price_catalogues (origin, version, document, loaded_at, loaded_by)
    VALUES (:origin, :version, :document, :loaded_at, :loaded_by))sql"};
  static const Query<void> kTrim{R"sql(
    DELETE FROM price_catalogues WHERE id NOT IN (SELECT id FROM price_catalogues ORDER BY id DESC LIMIT :kept))sql"};
  const Result<std::int64_t> inserted = transaction.change(kInsert, loaded);
  if (!inserted) return std::unexpected(inserted.error());
  const Result<std::int64_t> trimmed = transaction.change(kTrim, Kept{});
  if (!trimmed) return std::unexpected(trimmed.error());
  return {};
}

Result<std::optional<PriceStore::Loaded>> PriceStore::current(Transaction& transaction) {
  static const Query<Loaded> kCurrent{R"sql(
    SELECT origin, version, document, loaded_at, loaded_by FROM price_catalogues ORDER BY id DESC LIMIT 1)sql"};
  return transaction.one(kCurrent);
}

Result<std::optional<PriceStore::Job>> PriceStore::job(Transaction& transaction, const std::string& name) {
  static const Query<Job> kGet{"SELECT name, position, detail FROM usage_jobs WHERE name = :name"};
  return transaction.one(kGet, ByName{name});
}

Result<void> PriceStore::put_job(Transaction& transaction, const Job& job) {
  static const Query<void> kPut{R"sql(
    INSERT INTO usage_jobs (name, position, detail) VALUES (:name, :position, :detail)
    ON CONFLICT (name) DO UPDATE SET position = excluded.position, detail = excluded.detail)sql"};
  const Result<std::int64_t> done = transaction.change(kPut, job);
  if (!done) return std::unexpected(done.error());
  return {};
}

}  // namespace keyledger::store
