#include <fmt/format.h>

#include "base/log.h"
#include "store/sqlite.h"
#include "store/sqlite/copy_file.h"
#include "store/sqlite/migrations.h"

namespace keyledger::store {
namespace {

struct AppliedMigration {
  std::int64_t version;
  std::string name;
  Instant applied_at;
};
BOOST_DESCRIBE_STRUCT(AppliedMigration, (), (version, name, applied_at))

struct Tables {
  std::int64_t ours;
  std::int64_t others;
};
BOOST_DESCRIBE_STRUCT(Tables, (), (ours, others))

constexpr std::string_view kCreateTable = R"sql(
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at BIGINT NOT NULL
  ))sql";

const Query<Tables> kTables{R"sql(
  SELECT COALESCE(SUM(name = 'schema_migrations'), 0), COALESCE(SUM(name <> 'schema_migrations'), 0)
    FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!')sql"};
const Query<AppliedMigration> kApplied{"SELECT version, name, applied_at FROM schema_migrations ORDER BY version"};
const Query<void> kRecord{
    "INSERT INTO schema_migrations (version, name, applied_at) VALUES (:version, :name, :applied_at)"};
const Query<Single<std::string>> kBrokenReference{"SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1"};

Result<std::vector<AppliedMigration>> read_applied(Connection& connection) {
  Transaction transaction(connection);
  const Result<std::optional<Tables>> tables = transaction.one(kTables);
  if (!tables) return std::unexpected(tables.error());
  check_invariant(tables->has_value(), "a sum has one row");
  if ((*tables)->ours > 0) return transaction.all(kApplied);
  if ((*tables)->others == 0) return std::vector<AppliedMigration>{};
  return fail(Code::invalid_argument, "The file is a database of another program.", "not_a_database");
}

/// What was applied has to be the beginning of what we know; anything else was made by a program that we are not.
Result<void> check_known(std::span<const AppliedMigration> applied, std::span<const Migration> migrations) {
  const std::int64_t newest = migrations.empty() ? 0 : migrations.back().version;
  if (!applied.empty() && applied.back().version > newest) {
    return fail(Code::conflict,
                fmt::format("The database has version {}, but this program knows only up to {}. Use a newer Keyledger.",
                            applied.back().version, newest),
                "database_newer");
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (i < migrations.size() && applied[i].version == migrations[i].version && applied[i].name == migrations[i].name) {
      continue;
    }
    return fail(Code::conflict,
                fmt::format("The database was changed by migration {} ({}), which this program does not know.",
                            applied[i].version, applied[i].name),
                "database_unknown");
  }
  return {};
}

Result<void> copy_before(Connection& connection, const std::filesystem::path& file, std::int64_t version) {
  std::filesystem::path copy = file;
  copy += fmt::format(".before-{}", version);
  Result<void> copied = copy_file(connection, copy, IfThere::replace);
  if (copied) log::info("database copied before its migration", {{"copy", copy.string()}});
  return copied;
}

Result<void> check_references(Transaction& transaction) {
  const Result<std::optional<Single<std::string>>> broken = transaction.one(kBrokenReference);
  if (!broken) return std::unexpected(broken.error());
  if (!*broken) return {};
  return fail(Code::internal, "Something went wrong inside the server.", {}, {},
              "the migration leaves a row without its counterpart in " + (*broken)->value);
}

Result<void> apply_inside(Connection& connection, const Migration& migration) {
  Result<void> done = connection.run_script(kCreateTable);
  if (done) done = connection.run_script(to_sqlite(migration.sql));
  if (!done) return done;
  Transaction transaction(connection);
  const AppliedMigration record{migration.version, std::string(migration.name), SystemClock().now()};
  const Result<std::int64_t> recorded = transaction.change(kRecord, record);
  if (!recorded) return std::unexpected(recorded.error());
  done = check_references(transaction);
  if (!done) return done;
  return connection.commit();
}

Result<void> apply(Connection& connection, const Migration& migration) {
  const Result<void> begun = connection.begin(Access::write);
  if (!begun) return begun;
  Result<void> applied = apply_inside(connection, migration);
  const Result<void> ended = connection.rollback();  // nothing to do after a commit
  return applied ? ended : applied;
}

/// References are checked at the end of each migration instead of at each statement, so that a table can be replaced by
/// a new one. SQLite ignores this switch inside a transaction.
Result<void> apply_all(Connection& connection, std::span<const Migration> pending) {
  Result<void> done = connection.run_script("PRAGMA foreign_keys = OFF");
  for (const Migration& migration : pending) {
    if (done) done = apply(connection, migration);
    if (!done) {
      Error error = done.error();
      error.detail = fmt::format("migration {} ({}): {}", migration.version, migration.name, error.detail);
      done = std::unexpected(std::move(error));
      break;
    }
    log::info("database migrated", {{"version", migration.version}, {"name", migration.name}});
  }
  const Result<void> restored = connection.run_script("PRAGMA foreign_keys = ON");
  return done ? restored : done;
}

}  // namespace

std::string to_sqlite(std::string_view portable) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"$ID", "INTEGER PRIMARY KEY AUTOINCREMENT"},
      {"$GIVEN_ID", "INTEGER PRIMARY KEY"},
      {"$BYTES", "BLOB"},
      {"$CLUSTERED", "WITHOUT ROWID"},
  };
  std::string sql(portable);
  for (const auto& [word, meaning] : kWords) {
    for (std::size_t at = sql.find(word); at != std::string::npos; at = sql.find(word, at + meaning.size())) {
      sql.replace(at, word.size(), meaning);
    }
  }
  return sql;
}

Result<void> migrate_to(Connection& connection, const std::filesystem::path& file,
                        std::span<const Migration> migrations) {
  const Result<std::vector<AppliedMigration>> applied = read_applied(connection);
  if (!applied) return std::unexpected(applied.error());
  const Result<void> known = check_known(*applied, migrations);
  if (!known) return known;
  const std::span<const Migration> pending = migrations.subspan(applied->size());
  if (pending.empty()) return {};
  if (!applied->empty()) {
    const Result<void> copied = copy_before(connection, file, migrations.back().version);
    if (!copied) return copied;
  }
  return apply_all(connection, pending);
}

Result<void> migrate(Connection& connection, const std::filesystem::path& file) {
  return migrate_to(connection, file, embedded_migrations());
}

Result<std::int64_t> known_version(Connection& connection) {
  const Result<std::vector<AppliedMigration>> applied = read_applied(connection);
  if (!applied) return std::unexpected(applied.error());
  if (applied->empty()) {
    return fail(Code::invalid_argument, "The file is a database, but an empty one.", "not_a_database");
  }
  const Result<void> known = check_known(*applied, embedded_migrations());
  if (!known) return std::unexpected(known.error());
  return applied->back().version;
}

std::int64_t schema_version() {
  return embedded_migrations().back().version;
}

}  // namespace keyledger::store
