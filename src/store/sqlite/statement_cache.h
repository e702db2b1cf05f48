// store/sqlite/statement_cache.h: the prepared statements of one connection, found by the address of their text.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "store/sqlite/statement.h"

namespace keyledger::store {

/// A statement for one run; ready for the next one when this goes.
class StatementLease {
 public:
  explicit StatementLease(SqliteStatement* kept) : statement_(kept) {}
  explicit StatementLease(SqliteStatement own)
      : own_(std::make_unique<SqliteStatement>(std::move(own))), statement_(own_.get()) {}
  StatementLease(StatementLease&& other) noexcept
      : own_(std::move(other.own_)), statement_(std::exchange(other.statement_, nullptr)) {}
  StatementLease& operator=(StatementLease&&) = delete;
  StatementLease(const StatementLease&) = delete;
  StatementLease& operator=(const StatementLease&) = delete;
  ~StatementLease() {
    if (statement_ != nullptr) statement_->reset();
  }
  SqliteStatement* operator->() const { return statement_; }

 private:
  std::unique_ptr<SqliteStatement> own_{};
  SqliteStatement* statement_;
};

/// Keeps at most `max` statements; the one that was not used for longest makes room.
class StatementCache {
 public:
  StatementCache(sqlite3* handle, std::size_t max) : handle_(handle), max_(max) {}

  /// Gives the statement of this text, prepared on its first use. One that is running already (a row callback that runs
  /// the same query) gets a double for once.
  [[nodiscard]] Result<StatementLease> lease(const std::string& sql);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string sql;  // an address can be used again for another text, so the text is compared as well
    SqliteStatement statement;
    std::uint64_t last_use = 0;
  };
  using Entries = std::unordered_map<const std::string*, Entry>;

  [[nodiscard]] Result<StatementLease> lease_for_once(const std::string& sql);
  [[nodiscard]] bool make_room();

  sqlite3* handle_;
  std::size_t max_;
  std::uint64_t uses_ = 0;
  Entries entries_{};
};

}  // namespace keyledger::store
