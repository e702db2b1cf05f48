// store/rental_testing.h: for tests only. A database with websites, accounts and customers, and rentals by the
// thousand.
#pragma once

#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <string>

#include "store/contract/temporary_folder.h"
#include "store/sqlite.h"

namespace keyledger::store {

/// 60 accounts of 3 websites, 10 customers. Rental `id` began at `id` * 1,000.
class RentalRows : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(migrate(*connection_, folder_.path() / "rentals.db"));
    script(R"sql(
      INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
        SELECT i, 'c' || i, '', '', '', '', 0, 0 FROM n;
      INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at, updated_at)
        SELECT id, id, '', '', '', '', '', '', 0, 0 FROM customers;
      INSERT INTO websites (id, name, name_folded, url, validity_hours, description, after_rental, rotation, rotation_url,
                            sealed_rotation_secret, created_at, updated_at)
        SELECT id, 'w' || id, 'w' || id, '', 24, '', 'pool', 'by_hand', '', x'', 0, 0 FROM customers WHERE id <= 3;
      INSERT INTO rental_accounts (id, website_id, username, email, sealed_password, status, exception_reason, notes, fencing,
                                   rested_since, last_reset, rotation_attempts, rotation_error, created_at, updated_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
        SELECT i, i % 3 + 1, 'u' || i, '', x'', 'available', '', '', 0, 0, 0, 0, '', 0, 0 FROM n)sql");
  }
  void script(const std::string& sql) {
    const auto done = connection_->run_script(sql);
    ASSERT_TRUE(done) << done.error().detail;
  }
  /// So many more rentals, all of them over.
  void add_ended(std::int64_t count) {
    script(
        "INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info,"
        " rented_at, expires_at, ended_at, ended_by)"
        " WITH RECURSIVE n (i) AS (SELECT (SELECT COALESCE(MAX(id), 0) + 1 FROM rentals) UNION ALL"
        " SELECT i + 1 FROM n WHERE i < (SELECT COALESCE(MAX(id), 0) FROM rentals) + " +
        std::to_string(count) +
        ")"
        " SELECT i % 60 + 1, i % 60 % 3 + 1, i * 7 % 10 + 1, i * 7 % 10 + 1, 1, '', i * 1000, i * 1000 + 86400000,"
        " i * 1000 + i % 5000, 'returned' FROM n");
  }
  std::int64_t number(const std::string& sql) {
    std::int64_t found = 0;
    const std::string& kept = statements_.emplace_back(sql);
    EXPECT_TRUE(connection_->execute(kept, {}, [&](const RowView& row) {
      found = row.integer(0);
      return true;
    }));
    return found;
  }

  TemporaryFolder folder_{};
  std::unique_ptr<Connection> connection_ = open_sqlite({.file = folder_.path() / "rentals.db"}).value();
  std::list<std::string> statements_{};  // prepared statements are kept by the address of the text
};

}  // namespace keyledger::store
