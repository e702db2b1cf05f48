#include "service/rekey.h"

#include <gtest/gtest.h>

#include "service/accounts.h"
#include "service/provider_keys.h"
#include "service/testing.h"
#include "store/provider_key_store.h"

namespace keyledger::service {
namespace {

using testing::kOwner;
using testing::run;
using testing::World;

std::string key_text(int number) {
  return "xai-" + std::string(76, 'k') + std::to_string(1000 + number);
}

class RekeyTest : public ::testing::Test {
 protected:
  RekeyTest() {
    check_invariant(keys_.prepare().has_value(), "the fingerprint key can be made");
    const AccountId account = run(accounts_.create(kOwner, {"dana@example.com", "", ""}, {}))->id;
    for (int i = 0; i < 230; ++i) {  // more than two turns of the writer
      NewKey key;
      key.name = std::to_string(i);
      key.full_key = Secret{key_text(i)};
      key.account_id = account;
      ids_.push_back(run(keys_.create(kOwner, std::move(key), {}))->id);
    }
  }
  NewMasterKey source() {
    return {[this]() -> Result<crypto::MasterKey> {
              if (next_.empty()) return fail(Code::conflict, "There is no new master key.", "no_new_master_key");
              return crypto::MasterKey::parse(next_);
            },
            [this]() -> Result<std::string> {
              ++adopted_;
              return std::string{"done"};
            }};
  }
  /// All keys open with a keyring of this master key alone.
  bool all_open_under(const Secret& master) {
    Keyring only{*crypto::MasterKey::parse(master)};
    return *world_.store->readers().run_blocking<bool>([&](store::Transaction& transaction) -> Result<bool> {
      for (std::size_t i = 0; i < ids_.size(); ++i) {
        const Result<store::Bytes> sealed = store::ProviderKeyStore::sealed(transaction, ids_[i]);
        const Result<Secret> plain = only.open(*sealed, sealed_row(ids_[i]));
        if (!plain || plain->reveal() != key_text(static_cast<int>(i))) return false;
      }
      return true;
    });
  }
  runtime::Task<Result<RekeyState>> start_and_wait(Rekey* rekey) {
    Result<RekeyState> state = co_await rekey->start(kOwner);
    while (state && rekey->state().state == RekeyPhase::running) {
      co_await runtime::sleep_for(std::chrono::milliseconds{1});
    }
    co_return state;
  }

  World world_{};
  providers::testing::ScriptedHttp http_{};
  providers::Registry registry_{&http_, &world_.clock};
  providers::Endpoints endpoints_ = *providers::Endpoints::make(&registry_, {});
  Accounts accounts_{world_.core()};
  ProviderKeys keys_{world_.core(), &endpoints_};
  std::vector<ProviderKeyId> ids_{};
  Secret next_ = crypto::MasterKey::generate().to_text();
  int adopted_ = 0;
};

TEST_F(RekeyTest, EverythingIsSealedAnewAndTheOldKeyIsForgotten) {
  Rekey rekey{world_.core(), source()};
  ASSERT_TRUE(rekey.prepare());
  ASSERT_TRUE(run(start_and_wait(&rekey)));
  EXPECT_EQ(rekey.state().state, RekeyPhase::finished);
  EXPECT_EQ(rekey.state().resealed, 231);  // with the key of the fingerprints
  EXPECT_EQ(adopted_, 1);
  EXPECT_FALSE(world_.keyring.rotating());
  EXPECT_TRUE(all_open_under(next_));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM settings WHERE name = 'rekey_target'"), 0);
}

TEST_F(RekeyTest, AnInterruptedChangeOpensWithBothKeysAndGoesOn) {
  // What a crash after the first turn leaves behind: the target is set and some rows are sealed under it.
  const std::string target = crypto::to_hex(crypto::MasterKey::parse(next_)->id());
  ASSERT_TRUE(world_.store->writer().run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
    const Keyring next{*crypto::MasterKey::parse(next_)};
    for (int i = 0; i < 100; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const Result<void> put = store::ProviderKeyStore::put_sealed(
          transaction, ids_[at], next.seal(Secret{key_text(i)}, sealed_row(ids_[at])));
      if (!put) return put;
    }
    return transaction.connection().run_script("INSERT INTO settings VALUES ('rekey_target', '" + target + "')");
  }));
  Rekey rekey{world_.core(), source()};
  ASSERT_TRUE(rekey.prepare());
  EXPECT_TRUE(run(keys_.reveal(kOwner, ids_.front())));
  EXPECT_TRUE(run(keys_.reveal(kOwner, ids_.back())));
  ASSERT_TRUE(run(start_and_wait(&rekey)));
  EXPECT_TRUE(all_open_under(next_));
}

TEST_F(RekeyTest, WithoutTheNewKeyAnInterruptedChangeIsTold) {
  ASSERT_TRUE(world_.store->writer().run_blocking<void>([](store::Transaction& transaction) {
    return transaction.connection().run_script("INSERT INTO settings VALUES ('rekey_target', '01020304')");
  }));
  Rekey rekey{world_.core(), source()};
  EXPECT_EQ(rekey.prepare().error().reason, "no_new_master_key");
}

TEST_F(RekeyTest, ThereHasToBeANewKeyAndItHasToBeAnother) {
  next_ = Secret{};
  Rekey rekey{world_.core(), source()};
  EXPECT_EQ(run(rekey.start(kOwner)).error().reason, "no_new_master_key");
}

TEST_F(RekeyTest, ABrokenSealStopsItAndBothKeysStayInForce) {
  ASSERT_TRUE(world_.store->writer().run_blocking<void>([&](store::Transaction& transaction) {
    return transaction.connection().run_script("UPDATE provider_keys SET sealed_key = x'0102' WHERE id = " +
                                               std::to_string(ids_[150].value));
  }));
  Rekey rekey{world_.core(), source()};
  ASSERT_TRUE(run(start_and_wait(&rekey)));
  EXPECT_EQ(rekey.state().state, RekeyPhase::failed);
  EXPECT_EQ(adopted_, 0);
  EXPECT_TRUE(world_.keyring.rotating());
  EXPECT_TRUE(run(keys_.reveal(kOwner, ids_.front())));
  EXPECT_TRUE(run(keys_.reveal(kOwner, ids_.back())));
}

}  // namespace
}  // namespace keyledger::service
