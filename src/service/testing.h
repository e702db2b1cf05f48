// service/testing.h: for tests only. A real store in a folder of its own, a clock that stands, a master key, a pool.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "providers/endpoints.h"
#include "providers/testing.h"
#include "service/actor.h"
#include "service/core.h"
#include "store/ledger/ledger.h"

namespace keyledger::service::testing {

using providers::testing::run;

/// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "keyledger-XXXXXX").string();
    check_invariant(::mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
    path_ = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_{};
};

inline constexpr Instant kStart = from_millis(1'795'000'000'000);

struct World {
  World() {
    crypto::initialise();
    reopen();
  }
  /// Closes the database and opens it again, as a restart does.
  void reopen() {
    own_ledger.reset();
    store.reset();
    Result<std::unique_ptr<store::Store>> opened = store::Store::open(folder.path() / "keyledger.db");
    check_invariant(opened.has_value(), "the test's database opens");
    store = std::move(*opened);
  }
  [[nodiscard]] Core core() { return Core{store.get(), &keyring, &pool, &clock}; }
  /// A ledger in UTC that rides with the store's writer from its first use on. A writer carries one: not beside
  /// another.
  [[nodiscard]] store::Ledger& ledger() {
    if (!own_ledger) {
      auto opened = store::Ledger::open(&store->writer(), [](CustomerKeyId) { return Zone{}; });
      check_invariant(opened.has_value(), "the test's ledger opens");
      own_ledger = std::move(*opened);
    }
    return *own_ledger;
  }

  /// One number out of the database.
  [[nodiscard]] std::int64_t number(const std::string& sql) {
    const store::Query<store::Single<std::int64_t>> query{sql};
    const auto row =
        store->writer().run_blocking<std::int64_t>([&](store::Transaction& transaction) -> Result<std::int64_t> {
          const auto found = transaction.one(query);
          if (!found) return std::unexpected(found.error());
          return (*found)->value;
        });
    check_invariant(row.has_value(), "the test's query is right");
    return *row;
  }

  TemporaryFolder folder{};
  ManualClock clock{kStart};
  Keyring keyring{crypto::MasterKey::generate()};
  runtime::Pool pool{2, 16};
  std::unique_ptr<store::Store> store{};
  std::unique_ptr<store::Ledger> own_ledger{};  // goes before the store
};

inline const Actor kOwner{ActorKind::owner, "owner", "127.0.0.1"};

}  // namespace keyledger::service::testing
