#include "store/store.h"

namespace keyledger::store {
namespace {

Result<void> open_and_migrate(const std::filesystem::path& file) {
  const Result<std::unique_ptr<Connection>> connection = open_sqlite({.file = file});
  if (!connection) return std::unexpected(connection.error());
  return migrate(**connection, file);
}

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::filesystem::path& file, std::size_t readers)
      : writer_([file] { return open_sqlite({.file = file}); }),
        readers_([file] { return open_sqlite({.file = file, .read_only = true}); }, readers) {}

  Writer& writer() override { return writer_; }
  Readers& readers() override { return readers_; }

 private:
  Writer writer_;
  Readers readers_;  // go first, so that the writer is the last to close and can fold its log into the database
};

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& file, std::size_t readers) {
  const Result<void> ready = open_and_migrate(file);
  if (!ready) return std::unexpected(ready.error());
  auto store = std::make_unique<SqliteStore>(file, readers);
  // A mutation that does nothing: the writer has its connection, and the log exists, before the first reader comes.
  const Result<void> started = store->writer().run_blocking<void>([](Transaction&) -> Result<void> { return {}; });
  if (!started) return std::unexpected(started.error());
  return store;
}

}  // namespace keyledger::store
