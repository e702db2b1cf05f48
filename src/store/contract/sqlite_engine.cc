#include "store/contract/engine.h"
#include "store/contract/temporary_folder.h"
#include "store/sqlite.h"
#include "store/sqlite/migrations.h"

namespace keyledger::store {
namespace {

class SqliteEngine final : public Engine {
 public:
  OpenConnection writing() override {
    return [file = file()] { return open_sqlite({.file = file}); };
  }
  OpenConnection reading() override {
    return [file = file()] { return open_sqlite({.file = file, .read_only = true}); };
  }
  Result<void> create(std::string_view schema) override {
    const Result<std::unique_ptr<Connection>> connection = writing()();
    if (!connection) return std::unexpected(connection.error());
    return (*connection)->run_script(to_sqlite(schema));
  }
  Result<void> migrate() override {
    const Result<std::unique_ptr<Connection>> connection = writing()();
    if (!connection) return std::unexpected(connection.error());
    return store::migrate(**connection, file());
  }

 private:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "contract.db"; }
  TemporaryFolder folder_{};
};

}  // namespace

std::unique_ptr<Engine> make_sqlite_engine() {
  return std::make_unique<SqliteEngine>();
}

}  // namespace keyledger::store
