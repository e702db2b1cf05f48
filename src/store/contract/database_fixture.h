// store/contract/database_fixture.h: tables and helpers for the contract of store/database.h.
#pragma once

#include <gtest/gtest.h>

#include "store/contract/engine.h"

namespace keyledger::store {

enum class Mood { calm, lively };
BOOST_DESCRIBE_ENUM(Mood, calm, lively)

/// Every kind of member that a row may have.
struct Sample {
  Id<struct SampleTag> id{};
  std::int64_t number = 0;
  bool flag = false;
  std::string text{};
  Bytes bytes{};
  Instant at{};
  Day day{};
  Mood mood = Mood::calm;
  Currency currency{};
  std::optional<std::int64_t> maybe_number{};
  std::optional<std::string> maybe_text{};
  std::optional<Bytes> maybe_bytes{};
  bool operator==(const Sample&) const = default;
};
BOOST_DESCRIBE_STRUCT(Sample, (),
                      (id, number, flag, text, bytes, at, day, mood, currency, maybe_number, maybe_text, maybe_bytes))

struct Pet {
  std::string name{};
  std::int64_t owner_id = 0;
  std::int64_t age = 0;
};
BOOST_DESCRIBE_STRUCT(Pet, (), (name, owner_id, age))

struct Named {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Named, (), (name))

class DatabaseContract : public testing::TestWithParam<EngineFactory> {
 protected:
  static constexpr std::string_view kSchema = R"sql(
    CREATE TABLE samples (
      id BIGINT NOT NULL PRIMARY KEY, number BIGINT NOT NULL, flag BIGINT NOT NULL, text TEXT NOT NULL,
      bytes $BYTES NOT NULL, at BIGINT NOT NULL, day BIGINT NOT NULL, mood TEXT NOT NULL, currency TEXT NOT NULL,
      maybe_number BIGINT, maybe_text TEXT, maybe_bytes $BYTES
    );
    CREATE TABLE owners (id $ID, name TEXT NOT NULL UNIQUE);
    CREATE TABLE pets (
      id $ID,
      owner_id BIGINT NOT NULL REFERENCES owners (id),
      name TEXT NOT NULL,
      age BIGINT NOT NULL CONSTRAINT age_is_possible CHECK (age >= 0),
      UNIQUE (owner_id, name)
    );)sql";

  void SetUp() override {
    engine_ = GetParam()();
    ASSERT_TRUE(engine_->create(kSchema));
    connection_ = engine_->writing()().value();
  }

  Result<void> store(const Sample& sample) {
    static const Query<void> kInsert{R"sql(
      INSERT INTO samples VALUES (:id, :number, :flag, :text, :bytes, :at, :day, :mood, :currency,
                                  :maybe_number, :maybe_text, :maybe_bytes))sql"};
    Transaction transaction(*connection_);
    const Result<std::int64_t> done = transaction.change(kInsert, sample);
    if (!done) return std::unexpected(done.error());
    return {};
  }

  Sample load(std::int64_t id) {
    static const Query<Sample> kSelect{"SELECT * FROM samples WHERE id = :id"};
    Transaction transaction(*connection_);
    return transaction.one(kSelect, Sample{.id = {id}}).value().value();
  }

  void expect_same_after_storing(const Sample& sample) {
    ASSERT_TRUE(store(sample));
    EXPECT_EQ(load(sample.id.value), sample);
  }

  Result<std::int64_t> add_owner(std::string name) {
    static const Query<Single<std::int64_t>> kInsert{"INSERT INTO owners (name) VALUES (:name) RETURNING id"};
    Transaction transaction(*connection_);
    const auto id = transaction.one(kInsert, Named{std::move(name)});
    if (!id) return std::unexpected(id.error());
    return (*id)->value;
  }

  Result<std::int64_t> add_pet(const Pet& pet) {
    static const Query<Single<std::int64_t>> kInsert{
        "INSERT INTO pets (owner_id, name, age) VALUES (:owner_id, :name, :age) RETURNING id"};
    Transaction transaction(*connection_);
    const auto id = transaction.one(kInsert, pet);
    if (!id) return std::unexpected(id.error());
    return (*id)->value;
  }

  static Result<std::int64_t> count_owners(Connection& connection) {
    static const Query<Single<std::int64_t>> kCount{"SELECT COUNT(*) FROM owners"};
    Transaction transaction(connection);
    const auto count = transaction.one(kCount);
    if (!count) return std::unexpected(count.error());
    return (*count)->value;
  }
  std::int64_t owners() { return count_owners(*connection_).value(); }

  std::unique_ptr<Engine> engine_{};
  std::unique_ptr<Connection> connection_{};
};

}  // namespace keyledger::store
