#include "store/sealed_store.h"

#include <array>

namespace keyledger::store {
namespace {

struct SealedRow {
  std::int64_t number = 0;  // where the next page begins
  std::string row{};        // the name that is bound into the seal
  Bytes sealed{};
};
BOOST_DESCRIBE_STRUCT(SealedRow, (), (number, row, sealed))

struct Page {
  std::int64_t after = 0;
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(Page, (), (after, limit))

struct Written {
  std::int64_t number = 0;
  Bytes sealed{};
};
BOOST_DESCRIBE_STRUCT(Written, (), (number, sealed))

struct Table {
  Query<SealedRow> read;
  Query<void> write;
  Query<Single<std::int64_t>> count;
};

// The row names are those that the services seal under. Sealed settings are kept as bytes in hex elsewhere: none today
// but the fingerprint key, which has a table row of its own here.
const std::array<Table, 7>& tables() {
  static const std::array<Table, 7> kTables{{
      {{R"sql(SELECT id, 'provider_keys/' || id || '/sealed_key', sealed_key FROM provider_keys
               WHERE id > :after ORDER BY id LIMIT :limit)sql"},
       {"UPDATE provider_keys SET sealed_key = :sealed WHERE id = :number"},
       {"SELECT COUNT(*) FROM provider_keys"}},
      {{R"sql(SELECT id, 'idempotency_keys/' || scope || '/' || idempotency_key, sealed_answer FROM idempotency_keys
               WHERE id > :after ORDER BY id LIMIT :limit)sql"},
       {"UPDATE idempotency_keys SET sealed_answer = :sealed WHERE id = :number"},
       {"SELECT COUNT(*) FROM idempotency_keys"}},
      {{R"sql(SELECT id, 'sealed_settings/' || name, sealed_value FROM sealed_settings
               WHERE id > :after ORDER BY id LIMIT :limit)sql"},
       {"UPDATE sealed_settings SET sealed_value = :sealed WHERE id = :number"},
       {"SELECT COUNT(*) FROM sealed_settings"}},
      // Where nothing is sealed (a website without a secret, an account that was removed) the bytes are empty.
      {{R"sql(SELECT id, 'rental_accounts/' || id || '/sealed_password', sealed_password FROM rental_accounts
               WHERE id > :after AND LENGTH(sealed_password) > 0 ORDER BY id LIMIT :limit)sql"},
       {"UPDATE rental_accounts SET sealed_password = :sealed WHERE id = :number"},
       {"SELECT COUNT(*) FROM rental_accounts WHERE LENGTH(sealed_password) > 0"}},
      {{R"sql(SELECT id, 'rental_account_passwords/' || id || '/sealed_password', sealed_password
                FROM rental_account_passwords WHERE id > :after ORDER BY id LIMIT :limit)sql"},
       {"UPDATE rental_account_passwords SET sealed_password = :sealed WHERE id = :number"},
       {"SELECT COUNT(*) FROM rental_account_passwords"}},
      {{R"sql(SELECT id, 'websites/' || id || '/sealed_rotation_secret', sealed_rotation_secret FROM websites
               WHERE id > :after AND LENGTH(sealed_rotation_secret) > 0 ORDER BY id LIMIT :limit)sql"},
       {"UPDATE websites SET sealed_rotation_secret = :sealed WHERE id = :number"},
       {"SELECT COUNT(*) FROM websites WHERE LENGTH(sealed_rotation_secret) > 0"}},
      {{R"sql(SELECT id, 'webhook_endpoints/' || id || '/sealed_secret', sealed_secret FROM webhook_endpoints
               WHERE id > :after ORDER BY id LIMIT :limit)sql"},
       {"UPDATE webhook_endpoints SET sealed_secret = :sealed WHERE id = :number"},
       {"SELECT COUNT(*) FROM webhook_endpoints"}},
  }};
  return kTables;
}

}  // namespace

Result<std::int64_t> SealedStore::count(Transaction& transaction) {
  std::int64_t total = 0;
  for (const Table& table : tables()) {
    const Result<std::optional<Single<std::int64_t>>> row = transaction.one(table.count);
    if (!row) return std::unexpected(row.error());
    total += (*row)->value;
  }
  return total;
}

Result<void> SealedStore::pass(Transaction& transaction, SealedCursor& cursor, std::int64_t limit,
                               const Reseal& reseal) {
  const Table& table = tables()[static_cast<std::size_t>(cursor.table)];
  const Result<std::vector<SealedRow>> rows = transaction.all(table.read, Page{cursor.after, limit});
  if (!rows) return std::unexpected(rows.error());
  for (const SealedRow& row : *rows) {
    Result<std::optional<Bytes>> fresh = reseal(row.row, row.sealed);
    if (!fresh) return std::unexpected(fresh.error());
    if (*fresh) {
      const Result<std::int64_t> written = transaction.change(table.write, Written{row.number, std::move(**fresh)});
      if (!written) return std::unexpected(written.error());
    }
    cursor.after = row.number;
    cursor.seen += 1;
  }
  if (static_cast<std::int64_t>(rows->size()) < limit) {
    cursor.table += 1;
    cursor.after = 0;
    cursor.done = cursor.table == static_cast<int>(tables().size());
  }
  return {};
}

}  // namespace keyledger::store
