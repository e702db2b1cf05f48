#include "service/import/imports.h"

#include <gtest/gtest.h>

#include <fstream>

#include "service/admission/admission.h"
#include "service/audit.h"
#include "service/import/usage_import.h"
#include "service/ledger/activity.h"
#include "service/provider_keys.h"
#include "service/rentals/rental_pool.h"
#include "service/testing.h"
#include "store/customer_key_store.h"

namespace keyledger::service {
namespace {

using testing::kOwner;
using testing::run;
using testing::World;

// Made-up keys in the providers' forms, from parts, so that no scanner takes them for real ones.
std::string openai_key(const std::string& kind, char fill) {
  return "sk-" + kind + "-" + std::string(58, fill) + "T3Blbk" + "FJ" + std::string(58, fill);
}

class ImportsTest : public ::testing::Test {
 protected:
  ImportsTest() {
    check_invariant(keys_.prepare().has_value() && admission_.prepare().has_value(), "the services start");
  }
  ~ImportsTest() override { imports_.stop(); }

  /// Runs a script on a file as the program before would have.
  void other(const std::string& sql) {
    Result<std::unique_ptr<store::Connection>> connection = store::open_sqlite({.file = file_});
    ASSERT_TRUE(connection);
    const Result<void> done = (*connection)->run_script("PRAGMA foreign_keys = OFF;" + sql);
    ASSERT_TRUE(done) << done.error().detail;
  }
  void held() {
    other(R"sql(
      CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, name TEXT, organization_name TEXT, created_at TEXT,
                             updated_at TEXT);
      CREATE TABLE api_keys (id INTEGER PRIMARY KEY, name TEXT, full_key TEXT, masked_key TEXT, key_type TEXT,
                             provider TEXT, account_id INTEGER, admin_key_id INTEGER, created_at TEXT, updated_at TEXT);
      INSERT INTO accounts VALUES (5, 'dana@example.com', 'Dana', 'Example Works', '2024-01-02 03:04:05', '2024-02-01');
      )sql");
  }
  void handed_out() {
    other(R"sql(
      CREATE TABLE websites (id INTEGER PRIMARY KEY, name TEXT, url TEXT, validity_hours INTEGER, description TEXT);
      CREATE TABLE accounts (id INTEGER PRIMARY KEY, website_id INTEGER, username TEXT, email TEXT, current_password TEXT,
                             status TEXT, rented_at TEXT, available_at TEXT, last_reset TEXT, exception_reason TEXT);
      CREATE TABLE rentals (id INTEGER PRIMARY KEY, account_id INTEGER, customer_name TEXT, customer_email TEXT,
                            customer_phone TEXT, rented_at TEXT, expires_at TEXT, returned_at TEXT, status TEXT);
      CREATE TABLE api_keys (id INTEGER PRIMARY KEY, api_key_hash TEXT, name TEXT, email TEXT, status TEXT,
                             rate_limit INTEGER, total_requests INTEGER, created_at TEXT, last_used TEXT, notes TEXT);
      CREATE TABLE api_usage (id INTEGER PRIMARY KEY, api_key_id INTEGER, account_id INTEGER, website TEXT, action TEXT,
                              ip_address TEXT, user_agent TEXT, timestamp TEXT, response_status INTEGER);
      INSERT INTO websites VALUES (1, 'Studio', 'https://studio.example', 12, 'Pictures');
      INSERT INTO accounts VALUES (7, 1, 'shared-1', 'a@example.com', 'pass word 1', 'available', NULL, NULL,
                                   '2025-01-01 00:00:00', NULL);
      )sql");
    add_key(3, "urt_secret", "Acme", 100);
  }
  void add_key(int id, const std::string& text, const std::string& name, int total) {
    other("INSERT INTO api_keys VALUES (" + std::to_string(id) + ", '" + crypto::to_hex(crypto::sha256(text)) + "', '" +
          name + "', 'ops@acme.example', 'active', 50, " + std::to_string(total) +
          ", '2024-05-01 10:00:00', '2026-01-01 00:00:00', 'pays late')");
  }
  void add_usage(int id, int key, const std::string& time, const std::string& status = "200") {
    other("INSERT INTO api_usage VALUES (" + std::to_string(id) + ", " + std::to_string(key) +
          ", 7, 'studio', 'Rent', '192.0.2.7', 'curl/8', '" + time + "', " + status + ")");
  }

  ImportState import(bool dry_run = false) {
    const Result<ImportState> begun = run(imports_.start(kOwner, {file_, dry_run}));
    if (!begun) return ImportState{.state = ImportPhase::failed, .code = begun.error().reason};
    imports_.wait();
    return imports_.state();
  }
  /// "accounts 1/0/0", taken, known and skipped of each table.
  static std::string counts(const ImportState& state) {
    std::string text = state.state == ImportPhase::finished ? "" : state.code + " " + state.explanation;
    for (const TableReport& table : state.tables) {
      text += (text.empty() ? "" : ", ") + table.name + " " + std::to_string(table.taken) + "/" +
              std::to_string(table.known) + "/" + std::to_string(table.skipped);
      EXPECT_EQ(table.rows, table.taken + table.known + table.skipped) << table.name;
    }
    return text;
  }
  static std::string notes(const ImportState& state) {
    std::string text;
    for (const TableReport& table : state.tables) {
      for (const RowNote& note : table.notes)
        text += table.name + " " + std::to_string(note.id) + " " + note.code + "; ";
    }
    return text;
  }
  store::CustomerKeyStore::Entry key(std::int64_t id) {
    const Result<void> settled = admission_.ledger().settle_blocking();
    EXPECT_TRUE(settled);
    auto read = [&](store::Transaction& transaction) {
      return store::CustomerKeyStore::get(transaction, CustomerKeyId{id}, world_.clock.now());
    };
    Result<store::CustomerKeyStore::Entry> entry =
        world_.store->readers().run_blocking<store::CustomerKeyStore::Entry>(std::move(read));
    EXPECT_TRUE(entry);
    return entry.value_or(store::CustomerKeyStore::Entry{});
  }

  World world_{};
  std::filesystem::path file_ = world_.folder.path() / "before.db";
  providers::testing::ScriptedHttp http_{};
  providers::Registry registry_{&http_, &world_.clock};
  providers::Endpoints endpoints_ = *providers::Endpoints::make(&registry_, {});
  ProviderKeys keys_{world_.core(), &endpoints_};
  KeyTable table_{&world_.clock, Zone{}};
  Admission admission_{world_.core(), &table_};
  RentalPool pool_{};
  Imports imports_{{world_.core(), &keys_, &table_, &pool_, nullptr, nullptr}};
};

TEST_F(ImportsTest, AccountsAndProviderKeysAreTakenOverAndSealed) {
  held();
  other("INSERT INTO api_keys VALUES (1, 'org admin', '" + openai_key("admin", 'a') +
        "', 'x', 'admin', 'OpenAI', 5, NULL, '2024-03-01 00:00:00', NULL),"
        "(2, 'prod', '" +
        openai_key("proj", 'b') + "', 'x', '', NULL, 5, 1, NULL, NULL)");
  EXPECT_EQ(counts(import()), "accounts 1/0/0, api_keys 2/0/0");
  const Result<Listed<KeyView>> listed = run(keys_.list({}));
  ASSERT_TRUE(listed);
  const std::vector<KeyView>& keys = listed->rows;
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].key_type, keys::KeyType::admin);
  EXPECT_EQ(to_rfc3339(keys[0].created_at), "2024-03-01T00:00:00Z");
  EXPECT_EQ(keys[1].key_type, keys::KeyType::project);
  EXPECT_EQ(keys[1].admin_key_id, keys[0].id);
  EXPECT_EQ(run(keys_.reveal(kOwner, keys[1].id))->reveal(), openai_key("proj", 'b'));
  EXPECT_EQ(world_.number("SELECT created_at FROM accounts"), 1'704'164'645'000);
  EXPECT_EQ(counts(import()), "accounts 0/1/0, api_keys 0/2/0");
  EXPECT_TRUE(run(Audit(world_.core()).verify())->whole);
}

TEST_F(ImportsTest, AnUploadIsKeptNoLongerThanItsImportAndNeverNamed) {
  held();
  Uploads uploads(world_.folder.path(), &world_.pool);
  std::ifstream source(file_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(source), {}};
  std::filesystem::path place;
  for (const bool dry_run : {true, false}) {
    std::shared_ptr<Upload> upload = uploads.begin().value();
    place = upload->file();
    ASSERT_TRUE(run(upload->append(bytes)));
    ASSERT_TRUE(run(upload->finish()));
    ASSERT_TRUE(run(imports_.start(kOwner, {.file = {}, .dry_run = dry_run, .upload = std::move(upload)})));
    imports_.wait();
    EXPECT_EQ(counts(imports_.state()), "accounts 1/0/0, api_keys 0/0/0");
    EXPECT_EQ(imports_.state().file, "upload");
    EXPECT_FALSE(std::filesystem::exists(place));
  }
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'imports.create' AND subject = 'upload'"), 1);
}

TEST_F(ImportsTest, AnUploadThatIsNoDatabaseIsRefusedAndGone) {
  Uploads uploads(world_.folder.path(), &world_.pool);
  std::shared_ptr<Upload> upload = uploads.begin().value();
  const std::filesystem::path place = upload->file();
  ASSERT_TRUE(run(upload->append(
      "no database, but long enough to have the header that one would have in it........................")));
  ASSERT_TRUE(run(upload->finish()));
  const auto refused = run(imports_.start(kOwner, {.file = {}, .dry_run = true, .upload = std::move(upload)}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "not_a_database");
  EXPECT_FALSE(std::filesystem::exists(place));
  EXPECT_TRUE(imports_.check_idle());
}

TEST_F(ImportsTest, NaughtyRowsAreSkippedOrAdjustedWithTheirReason) {
  held();
  other(
      "INSERT INTO accounts VALUES (6, NULL, 'nobody', '', NULL, NULL), (7, 'no at sign', '', '', NULL, NULL),"
      "(8, x'ff00', '', '', NULL, NULL), (9, 'DANA@example.com', 'again', '', NULL, NULL)");
  other("INSERT INTO api_keys VALUES (1, NULL, '" + openai_key("proj", 'c') +
        "', '', 'nonsense', 'nobody', 5, 99, 17, 'x'),"
        "(2, 'no account', '" +
        openai_key("proj", 'd') +
        "', '', '', '', 77, NULL, NULL, NULL),"
        "(3, 'no key', NULL, '', '', '', 5, NULL, NULL, NULL), (4, 'twice', '" +
        openai_key("proj", 'c') + "', '', '', '', 5, NULL, NULL, NULL), (5, 'wrong', '" + openai_key("proj", 'e') +
        "', '', 'admin', 'anthropic', 5, 5, NULL, NULL), (6, 'huge', zeroblob(2000000), '', '', '', 5, NULL, NULL, "
        "NULL)");
  const ImportState state = import();
  EXPECT_EQ(counts(state), "accounts 1/1/3, api_keys 2/1/3");
  EXPECT_EQ(notes(state),
            "accounts 6 malformed_email; accounts 7 malformed_email; accounts 8 malformed_email; "
            "api_keys 6 too_large; api_keys 2 unknown_account; api_keys 3 malformed_key; api_keys 5 recognised; "
            "api_keys 1 unknown_admin_key; api_keys 5 not_an_admin_key; ");
  for (const TableReport& table : state.tables) {
    for (const RowNote& note : table.notes) EXPECT_EQ(note.why.find("cccc"), std::string::npos);
  }
}

TEST_F(ImportsTest, CustomersKeysGoOnWorkingAndKeepTheirTotals) {
  handed_out();
  add_usage(1, 3, "2025-06-01 10:00:00");
  add_usage(2, 3, "2025-06-01 11:00:00", "500");
  add_usage(3, 3, "2025-06-02 10:00:00", "429");
  add_usage(4, 99, "2025-06-02 10:00:00");
  add_usage(5, 3, "2999-01-01 00:00:00");
  const ImportState state = import();
  EXPECT_EQ(counts(state), "websites 1/0/0, accounts 1/0/0, api_keys 1/0/0, rentals 0/0/0, api_usage 3/0/2");
  EXPECT_EQ(notes(state), "api_usage 4 unknown_customer_key; api_usage 5 malformed_time; ");

  const Admitted admitted = table_.admit({.key = "urt_secret", .action = "rent"});
  EXPECT_EQ(admitted.verdict, Verdict::valid);
  ASSERT_EQ(admitted.standings_count, 1U);
  EXPECT_EQ(admitted.standings[0].amount, 50);
  const store::CustomerKeyStore::Entry entry = key(1);
  EXPECT_EQ(entry.total_requests, 100);
  EXPECT_EQ(entry.key.name, "Acme");
  EXPECT_EQ(entry.key.notes, "pays late");
  EXPECT_EQ(entry.customer_email, "ops@acme.example");
  EXPECT_EQ(to_rfc3339(entry.key.created_at), "2024-05-01T10:00:00Z");
  EXPECT_EQ(to_rfc3339(*entry.last_used_at), "2026-01-01T00:00:00Z");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_events WHERE website_id = 1 AND rental_account_id = 1"), 3);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM usage_events e JOIN ledger_words w ON w.id = e.action_id "
                          "WHERE w.word = 'rent' AND LENGTH(e.address) = 4"),
            3);
  EXPECT_EQ(world_.number("SELECT refused FROM customer_key_totals"), 1);
  EXPECT_EQ(pool_.figures().free_accounts.front(), (std::pair<std::string, std::int64_t>{"Studio", 1}));
}

TEST_F(ImportsTest, TheLedgerIsWholeAfterAnImport) {
  handed_out();
  for (int id = 1; id <= 20; ++id) add_usage(id, 3, "2025-06-01 10:00:" + std::to_string(10 + id));
  ASSERT_EQ(import().state, ImportPhase::finished);
  const Activity activity(
      world_.core(), &admission_.ledger(), [] { return Zone{}; }, [](CustomerKeyId) { return Zone{}; });
  const Result<LedgerState> state = run(activity.verify());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_TRUE(state->whole) << state->what;
  EXPECT_TRUE(state->rollups_agree);
  EXPECT_EQ(state->events, 20);
}

TEST_F(ImportsTest, ImportingAgainTakesOnlyWhatIsNew) {
  handed_out();
  add_usage(1, 3, "2025-06-01 10:00:00");
  other(
      "INSERT INTO rentals VALUES (1, 7, 'Acme', '', '', '2025-06-01 10:00:00', '2025-06-01 22:00:00', NULL, "
      "'expired')");
  EXPECT_EQ(counts(import()), "websites 1/0/0, accounts 1/0/0, api_keys 1/0/0, rentals 1/0/0, api_usage 1/0/0");
  EXPECT_EQ(counts(import()), "websites 0/1/0, accounts 0/1/0, api_keys 0/1/0, rentals 0/1/0, api_usage 0/1/0");
  EXPECT_EQ(key(1).total_requests, 100);
  add_usage(2, 3, "2025-06-03 10:00:00");
  other("UPDATE api_keys SET total_requests = 101");
  EXPECT_EQ(counts(import()), "websites 0/1/0, accounts 0/1/0, api_keys 0/1/0, rentals 0/1/0, api_usage 1/1/0");
  EXPECT_EQ(key(1).total_requests, 101);
}

TEST_F(ImportsTest, ADryRunTellsTheSameAndChangesNothing) {
  handed_out();
  add_usage(1, 3, "2025-06-01 10:00:00");
  const ImportState dry = import(true);
  EXPECT_EQ(counts(dry), "websites 1/0/0, accounts 1/0/0, api_keys 1/0/0, rentals 0/0/0, api_usage 1/0/0");
  for (const char* const table : {"websites", "rental_accounts", "customer_keys", "customers", "usage_events"}) {
    EXPECT_EQ(world_.number(std::string{"SELECT COUNT(*) FROM "} + table), 0) << table;
  }
  EXPECT_EQ(table_.admit({.key = "urt_secret"}).verdict, Verdict::unknown_key);
  EXPECT_TRUE(pool_.figures().free_accounts.empty());
  EXPECT_EQ(counts(import()), counts(dry));
}

TEST_F(ImportsTest, ARentalThatIsOpenGoesOnAndIsNotRentedToAnybodyElse) {
  handed_out();
  world_.clock.set(*parse_rfc3339("2025-06-01T12:00:00Z"));
  other(
      "INSERT INTO rentals VALUES (1, 7, 'Acme', 'ops@acme.example', '+49 30 1', '2025-06-01 01:00:00',"
      " '2025-06-01 02:00:00', '2025-06-01 01:30:00', 'returned'),"
      "(2, 7, 'Somebody', '', '', '2025-06-01 10:00:00', '2025-06-01 22:00:00', NULL, 'active'),"
      "(3, 7, 'Another', '', '', '2025-06-01 11:00:00', '2025-06-01 22:00:00', NULL, 'active'),"
      "(4, 8, 'Acme', '', '', '2025-06-01 11:00:00', '2025-06-01 22:00:00', NULL, 'active')");
  const ImportState state = import();
  EXPECT_EQ(counts(state), "websites 1/0/0, accounts 1/0/0, api_keys 1/0/0, rentals 2/0/2, api_usage 0/0/0");
  EXPECT_EQ(notes(state), "rentals 3 account_not_free; rentals 4 unknown_account; ");
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM rental_accounts WHERE status = 'rented' AND fencing = 2"), 1);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM rentals WHERE ended_by = 'returned' AND customer_key_id = 1"), 1);
  EXPECT_EQ(pool_.figures().open_rentals, 1);
  EXPECT_TRUE(pool_.figures().free_accounts.empty() || pool_.figures().free_accounts.front().second == 0);
  // Whoever rents without a key of their own gets a revoked one to their name.
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM customer_keys WHERE revoked_at IS NOT NULL"), 1);
}

TEST_F(ImportsTest, NaughtyCustomersKeysNeverBecomeUnlimited) {
  handed_out();
  other(
      "INSERT INTO api_keys VALUES (10, 'short', 'a', '', 'active', 0, 0, NULL, NULL, NULL),"
      "(11, '" +
      std::string(64, 'A') +
      "', NULL, 'no at sign', 'frozen', -1, -5, 'x', NULL, x'ff'),"
      "(12, '" +
      std::string(64, 'b') +
      "', 'free', '', 'active', 0, 9223372036854775807, NULL, NULL, NULL),"
      "(13, '" +
      std::string(64, 'c') + "', 'words', '', 'active', 'many', 'few', NULL, NULL, NULL)");
  const ImportState state = import();
  EXPECT_EQ(counts(state), "websites 1/0/0, accounts 1/0/0, api_keys 4/0/1, rentals 0/0/0, api_usage 0/0/0");
  EXPECT_EQ(notes(state),
            "api_keys 10 malformed_hash; api_keys 11 malformed_email; api_keys 11 revoked; "
            "api_keys 11 out_of_range; api_keys 13 out_of_range; ");
  EXPECT_EQ(key(2).limits.front().amount, 100);
  EXPECT_TRUE(key(2).key.revoked_at);
  EXPECT_TRUE(key(3).limits.empty());
  EXPECT_EQ(key(4).limits.front().amount, 100);
}

TEST_F(ImportsTest, AFileThatIsNeitherIsRefusedAtOnce) {
  EXPECT_EQ(import().code, "no_such_file");
  other("CREATE TABLE t (id INTEGER)");
  EXPECT_EQ(import().code, "unknown_layout");
  EXPECT_EQ(imports_.state().state, ImportPhase::failed);
  EXPECT_NE(imports_.state().explanation.find("Nothing was changed"), std::string::npos);
}

TEST(ImportedStatus, NumbersAndWordsAreUnderstood) {
  const struct {
    std::optional<std::int64_t> number;
    const char* word;
    std::uint16_t http;
    ledger::Status want;
  } cases[] = {{200, "200", 200, ledger::Status::success},
               {302, "302", 302, ledger::Status::success},
               {404, "404", 404, ledger::Status::error},
               {429, "429", 429, ledger::Status::rate_limited},
               {599, "599", 599, ledger::Status::error},
               {600, "600", 500, ledger::Status::error},
               {{}, "", 200, ledger::Status::success},
               {{}, "success", 200, ledger::Status::success},
               {{}, "rate_limited", 429, ledger::Status::rate_limited},
               {{}, "what", 500, ledger::Status::error}};
  for (const auto& c : cases) {
    const ImportedStatus status = imported_status(c.number, c.word);
    EXPECT_EQ(status.http_status, c.http) << c.word;
    EXPECT_EQ(status.status, c.want) << c.word;
  }
}

}  // namespace
}  // namespace keyledger::service
