// Websites, rental accounts, imports and the change of passwords.
#include <gtest/gtest.h>

#include "service/audit.h"
#include "service/rekey.h"
#include "service/rentals/rotations.h"
#include "service/rentals/testing.h"
#include "service/webhooks/signature.h"

namespace keyledger::service {
namespace {

using rentals::AccountStatus;
using rentals::AfterRental;
using rentals::Rotation;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::kOwner;
using testing::RentalWorld;
using testing::run;

class AdministrationTest : public ::testing::Test, public RentalWorld {
 protected:
  Result<SavedWebsite> create(NewWebsite fresh) { return run(desk->websites.create(kOwner, std::move(fresh), {})); }
  Result<RentalAccountView> get(RentalAccountId id) { return run(desk->accounts.get(id)); }
  Result<ImportReport> import(std::string csv, ImportOptions options = {}) {
    return run(desk->accounts.import_csv(kOwner, Secret{std::move(csv)}, options, {}));
  }
  std::string password_of(RentalAccountId id) { return std::string{run(desk->accounts.reveal(kOwner, id))->reveal()}; }
};

TEST_F(AdministrationTest, AWebsiteIsStoredReadChangedAndRemoved) {
  const Result<SavedWebsite> made = create({.name = " Example ", .url = "https://example.com", .validity_hours = 12});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->website.name, "Example");
  EXPECT_TRUE(made->rotation_secret.empty());
  const WebsiteId id = made->website.id;
  const Result<SavedWebsite> changed =
      run(desk->websites.update(kOwner, id, {.name = "Example Two", .validity_hours = 48}));
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->website.url, "https://example.com");
  EXPECT_EQ(changed->website.validity_hours, 48);
  EXPECT_TRUE(desk->rentals.available("example two", 1));
  EXPECT_FALSE(desk->rentals.available("Example", 1));
  const RentalAccountId account_id = account("Example Two", "ada");
  EXPECT_EQ(run(desk->websites.get(id))->accounts.available, 1);
  EXPECT_EQ(run(desk->websites.remove(kOwner, id)).error().reason, "website_has_accounts");
  ASSERT_TRUE(run(desk->accounts.remove(kOwner, account_id)));
  ASSERT_TRUE(run(desk->websites.remove(kOwner, id)));
  EXPECT_EQ(run(desk->websites.get(id)).error().reason, "unknown_website");
  EXPECT_FALSE(desk->rentals.available("Example Two", 1));
  EXPECT_TRUE(create({.name = "Example Two"}));  // the name is free again
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_log WHERE action LIKE 'websites.%'"), 4);
}

TEST_F(AdministrationTest, AWebsitesNameIsTakenWhateverItsCase) {
  ASSERT_TRUE(create({.name = "Example"}));
  const Result<SavedWebsite> twin = create({.name = "EXAMPLE"});
  ASSERT_FALSE(twin);
  EXPECT_EQ(twin.error().reason, "duplicate_website");
  EXPECT_EQ(twin.error().field, "name");
  const WebsiteId other = website("Other");
  EXPECT_EQ(run(desk->websites.update(kOwner, other, {.name = "example"})).error().reason, "duplicate_website");
}

TEST_F(AdministrationTest, WhatIsWrongWithAWebsiteIsSaidAndNothingChanged) {
  EXPECT_EQ(create({.name = ""}).error().reason, "missing_name");
  EXPECT_EQ(create({.name = "a", .url = "nowhere"}).error().reason, "malformed_url");
  EXPECT_EQ(create({.name = "a", .validity_hours = 0}).error().reason, "out_of_range");
  const Result<SavedWebsite> no_url = create({.name = "a", .rotation = Rotation::webhook});
  EXPECT_EQ(no_url.error().reason, "malformed_webhook_url");
  EXPECT_EQ(no_url.error().field, "rotation_url");
  Websites without_command{desk->parts, false};
  EXPECT_EQ(run(without_command.create(kOwner, {.name = "a", .rotation = Rotation::command}, {})).error().reason,
            "no_rotation_command");
  EXPECT_EQ(run(desk->websites.update(kOwner, WebsiteId{9}, {.name = "a"})).error().reason, "unknown_website");
  EXPECT_EQ(run(desk->websites.remove(kOwner, WebsiteId{9})).error().reason, "unknown_website");
  EXPECT_EQ(run(desk->websites.renew_secret(kOwner, WebsiteId{9}, {})).error().reason, "unknown_website");
  EXPECT_EQ(number("SELECT COUNT(*) FROM websites"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_log"), 0);
}

TEST_F(AdministrationTest, AWebhooksSecretIsShownWhenItIsMade) {
  const Result<SavedWebsite> made =
      create({.name = "a", .rotation = Rotation::webhook, .rotation_url = "https://rotate.example.com/hook"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->rotation_secret.reveal().starts_with("whsec_"));
  EXPECT_TRUE(made->website.has_rotation_secret);
  const WebsiteId id = made->website.id;
  EXPECT_TRUE(run(desk->websites.update(kOwner, id, {.description = "more"}))->rotation_secret.empty());
  const Result<SavedWebsite> renewed = run(desk->websites.renew_secret(kOwner, id, {}));
  EXPECT_FALSE(crypto::equal(renewed->rotation_secret, made->rotation_secret));
  const WebsiteId later = website("later");
  const Result<SavedWebsite> turned = run(
      desk->websites.update(kOwner, later, {.rotation_url = "http://127.0.0.1:9/hook", .rotation = Rotation::webhook}));
  EXPECT_FALSE(turned->rotation_secret.empty());
}

TEST_F(AdministrationTest, AnAccountIsStoredSealedReadChangedAndRemoved) {
  website("Example");
  const RentalAccountId id = account("example", "ada");
  EXPECT_EQ(get(id)->status, AccountStatus::available);
  EXPECT_EQ(get(id)->website, "Example");
  EXPECT_EQ(number("SELECT COUNT(*) FROM rental_accounts WHERE instr(sealed_password, 'secret') > 0"), 0);
  EXPECT_EQ(password_of(id), "secret of ada");
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_log WHERE action = 'rental_accounts.reveal'"), 1);
  const Result<RentalAccountView> changed = run(desk->accounts.update(kOwner, id, {.username = "lovelace"}));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->username, "lovelace");
  EXPECT_EQ(desk->rentals.available("Example", 1)->accounts.front().username, "lovelace");
  ASSERT_TRUE(run(desk->accounts.remove(kOwner, id)));
  EXPECT_EQ(get(id).error().reason, "unknown_rental_account");
  EXPECT_EQ(run(desk->accounts.reveal(kOwner, id)).error().reason, "unknown_rental_account");
  EXPECT_EQ(desk->rentals.available("Example", 1)->available_count, 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM rental_account_passwords"), 0);
  EXPECT_TRUE(account("Example", "lovelace").value > id.value);  // the name is free again
}

TEST_F(AdministrationTest, WhatIsWrongWithAnAccountIsSaidAndNothingChanged) {
  website("Example");
  const auto create_account = [&](NewRentalAccount given) {
    return run(desk->accounts.create(kOwner, std::move(given), {}));
  };
  EXPECT_EQ(create_account({.website = "Exampel", .username = "a", .password = Secret{"p"}}).error().reason,
            "unknown_website");
  EXPECT_EQ(create_account({.website = "Example", .username = "", .password = Secret{"p"}}).error().reason,
            "missing_username");
  EXPECT_EQ(create_account({.website = "Example", .username = "a"}).error().reason, "missing_password");
  EXPECT_EQ(
      create_account({.website = "Example", .username = "a", .email = "b", .password = Secret{"p"}}).error().reason,
      "malformed_email");
  EXPECT_EQ(number("SELECT COUNT(*) FROM rental_accounts"), 0);
  const RentalAccountId id = account("Example", "ada");
  EXPECT_EQ(create_account({.website = "Example", .username = "ada", .password = Secret{"p"}}).error().reason,
            "duplicate_rental_account");
  const RentalAccountId other = account("Example", "bob");
  EXPECT_EQ(run(desk->accounts.update(kOwner, other, {.username = "ada"})).error().reason, "duplicate_rental_account");
  EXPECT_EQ(run(desk->accounts.put_password(kOwner, id, Secret{})).error().reason, "missing_password");
  EXPECT_EQ(run(desk->accounts.put_aside(kOwner, id, " ", false)).error().reason, "missing_reason");
  EXPECT_EQ(run(desk->accounts.restore(kOwner, id)).error().reason, "account_not_put_aside");
  EXPECT_EQ(run(desk->accounts.remove(kOwner, RentalAccountId{99})).error().reason, "unknown_rental_account");
  EXPECT_EQ(run(desk->accounts.history(RentalAccountId{99})).error().reason, "unknown_rental_account");
  ASSERT_TRUE(rent(1, "Example"));
  EXPECT_EQ(run(desk->accounts.remove(kOwner, id)).error().reason, "account_rented");
  EXPECT_EQ(run(desk->accounts.put_aside(kOwner, id, "why", false)).error().reason, "account_rented");
}

TEST_F(AdministrationTest, ListsAreFilteredAndPaged) {
  website("Example");
  website("Other");
  for (const char* name : {"ada", "bob", "eve"}) account("Example", name);
  account("Other", "ada");
  ASSERT_TRUE(rent(1, "Example"));
  RentalAccountQuery query;
  query.website = "EXAMPLE";
  EXPECT_EQ(run(desk->accounts.list(query))->count, 3);
  query.status = AccountStatus::rented;
  const auto rented = run(desk->accounts.list(query));
  ASSERT_EQ(rented->rows.size(), 1U);
  EXPECT_EQ(rented->rows.front().rental->customer_name, "customer 1");
  query = {};
  query.search = "ADA";
  EXPECT_EQ(run(desk->accounts.list(query))->count, 2);
  query.page.limit = 1;
  const auto first = run(desk->accounts.list(query));
  EXPECT_EQ(first->rows.size(), 1U);
  EXPECT_TRUE(first->next);
  query.website = "Nowhere";
  EXPECT_EQ(run(desk->accounts.list(query)).error().reason, "unknown_website");
  EXPECT_EQ(run(desk->websites.list({.search = "OTH"}))->count, 1);
}

TEST_F(AdministrationTest, AnAccountIsPutAsideAndBroughtBack) {
  website("Pool", 1);
  website("Careful", 1, AfterRental::needs_rotation);
  const RentalAccountId simple = account("Pool", "a");
  const RentalAccountId careful = account("Careful", "b");
  ASSERT_TRUE(rent(1, "Pool"));
  world.clock.advance(milliseconds{1});
  ASSERT_TRUE(rent(1, "Careful"));
  const Result<RentalAccountView> aside = run(desk->accounts.put_aside(kOwner, simple, " locked ", true));
  ASSERT_TRUE(aside) << aside.error().message;
  EXPECT_EQ(aside->status, AccountStatus::exception);
  EXPECT_EQ(aside->exception_reason, "locked");
  EXPECT_FALSE(aside->rental);
  EXPECT_EQ(number("SELECT COUNT(*) FROM rentals WHERE ended_by = 'taken_back'"), 1);
  EXPECT_EQ(rent(3, "Pool").error().reason, "no_available_accounts");
  EXPECT_EQ(*run(desk->accounts.put_aside(kOwner, simple, "still locked", false))->exception_reason, "still locked");
  ASSERT_TRUE(run(desk->accounts.restore(kOwner, simple)));
  EXPECT_TRUE(rent(3, "Pool"));
  // The last renter of the other one knows its password.
  ASSERT_TRUE(run(desk->accounts.put_aside(kOwner, careful, "locked", true)));
  EXPECT_EQ(run(desk->accounts.restore(kOwner, careful))->status, AccountStatus::needs_rotation);
  ASSERT_TRUE(run(desk->accounts.put_aside(kOwner, careful, "locked", false)));
  world.clock.advance(milliseconds{1});
  EXPECT_EQ(run(desk->accounts.put_password(kOwner, careful, Secret{"new"}))->status, AccountStatus::exception);
  EXPECT_EQ(run(desk->accounts.restore(kOwner, careful))->status, AccountStatus::available);
}

TEST_F(AdministrationTest, HistoryHasRentalsAndChangesOfPasswordsAndNoPassword) {
  website("Example", 1);
  const RentalAccountId id = account("Example", "ada");
  ASSERT_TRUE(rent(1, "Example"));
  world.clock.advance(hours{1});
  ASSERT_TRUE(run(desk->accounts.put_password(kOwner, id, Secret{"new"})));
  EXPECT_EQ(password_of(id), "new");
  const Result<RentalAccountHistory> history = run(desk->accounts.history(id));
  ASSERT_TRUE(history);
  ASSERT_EQ(history->rentals.size(), 1U);
  EXPECT_EQ(history->rentals.front().customer_info, R"({"who":"me"})");
  ASSERT_EQ(history->passwords.size(), 2U);
  EXPECT_EQ(history->passwords.front().set_at, world.clock.now());
  EXPECT_EQ(history->passwords.front().set_by, "owner");
}

TEST_F(AdministrationTest, AnImportAddsAllOrNone) {
  website("Example");
  account("Example", "old");
  const std::string csv =
      "website,username,password\n"
      "Example,ada,p1\n"
      "Example,old,p2\n"
      "Exampel,bob,p3\n"
      "Example,,p4\n";
  const Result<ImportReport> dry = import(csv, {.dry_run = true});
  ASSERT_TRUE(dry) << dry.error().message;
  EXPECT_EQ(dry->created, 1);
  EXPECT_EQ(dry->skipped, 1);
  ASSERT_EQ(dry->errors.size(), 2U);
  EXPECT_EQ(dry->errors[0].line, 4U);
  EXPECT_EQ(dry->errors[0].field, "website");
  EXPECT_EQ(dry->errors[1].line, 5U);
  const Result<ImportReport> refused = import(csv);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "bad_csv_lines");
  EXPECT_NE(refused.error().message.find("Line 4, website"), std::string::npos) << refused.error().message;
  EXPECT_EQ(number("SELECT COUNT(*) FROM rental_accounts"), 1);
  EXPECT_EQ(desk->rentals.available("Example", 9)->available_count, 1);
  const Result<ImportReport> done = import(csv, {.skip_bad_lines = true});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->created, 1);
  EXPECT_EQ(desk->rentals.available("Example", 9)->available_count, 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_log WHERE action = 'rental_accounts.import'"), 1);
  EXPECT_EQ(import("website,username\nExample,ada\n").error().reason, "malformed_csv");
  EXPECT_EQ(password_of(RentalAccountId{2}), "p1");
}

TEST_F(AdministrationTest, EverySealIsMadeAnewWithTheMasterKey) {
  ASSERT_TRUE(create({.name = "a", .rotation = Rotation::webhook, .rotation_url = "https://rotate.example.com"}));
  website("without a secret");
  const RentalAccountId id = account("a", "ada");
  const RentalAccountId gone = account("a", "bob");
  ASSERT_TRUE(run(desk->accounts.put_password(kOwner, id, Secret{"new"})));
  ASSERT_TRUE(run(desk->accounts.remove(kOwner, gone)));
  const Secret next = crypto::MasterKey::generate().to_text();
  Rekey rekey{world.core(),
              {[&] { return crypto::MasterKey::parse(next); }, []() -> Result<std::string> { return "done"; }}};
  struct Wait {
    static runtime::Task<Result<RekeyState>> until_done(Rekey* rekey) {
      Result<RekeyState> state = co_await rekey->start(kOwner);
      while (state && rekey->state().state == RekeyPhase::running) {
        co_await runtime::sleep_for(milliseconds{1});
      }
      co_return state;
    }
  };
  ASSERT_TRUE(run(Wait::until_done(&rekey)));
  EXPECT_EQ(rekey.state().state, RekeyPhase::finished) << rekey.state().explanation;
  EXPECT_EQ(rekey.state().resealed, 4);  // a password, two in its history, a secret
  EXPECT_FALSE(world.keyring.rotating());
  EXPECT_EQ(password_of(id), "new");
}

/// Answers what the test says, and notes what it was asked.
class ScriptedCaller final : public RotationCaller {
 public:
  runtime::Task<Result<std::optional<Secret>>> call_webhook(std::string url, Secret secret,
                                                            RotationOrder order) override {
    asked.push_back(std::move(order));
    urls.push_back(std::move(url));
    secrets.emplace_back(secret.reveal());
    if (!failure.empty()) co_return fail(Code::unavailable, failure, "webhook_refused");
    if (later) co_return std::nullopt;
    co_return std::optional{Secret{answer}};
  }
  runtime::Task<Result<Secret>> run_command(RotationOrder order, Secret password) override {
    asked.push_back(std::move(order));
    passwords.emplace_back(password.reveal());
    if (!failure.empty()) co_return fail(Code::unavailable, failure, "command_failed");
    co_return Secret{answer};
  }
  std::vector<RotationOrder> asked{};
  std::vector<std::string> urls{}, secrets{}, passwords{};
  std::string answer{"rotated"}, failure{};
  bool later = false;
};

class RotationsTest : public AdministrationTest {
 protected:
  /// An account that has been rented and returned on a website that wants another password then.
  RentalAccountId waiting(Rotation rotation) {
    NewWebsite fresh{.name = "Careful", .after_rental = AfterRental::needs_rotation, .rotation = rotation};
    if (rotation == Rotation::webhook) fresh.rotation_url = "https://rotate.example.com/hook";
    const Result<SavedWebsite> made = create(std::move(fresh));
    check_invariant(made.has_value(), "the test's website can be made");
    secret_ = std::string{made->rotation_secret.reveal()};
    const RentalAccountId id = account("Careful", "ada");
    check_invariant(rent(1, "Careful").has_value() && give_back(1, id).has_value(), "the account is rented once");
    return id;
  }
  std::optional<Instant> rotate() { return *run(rotations_.rotate_due()); }
  ScriptedCaller caller_{};
  Rotations rotations_{desk->parts, &caller_};
  std::string secret_{};
};

TEST_F(RotationsTest, AWebhookGivesTheNewPassword) {
  const RentalAccountId id = waiting(Rotation::webhook);
  EXPECT_GT(desk->rotation_alarm.rings, 0);
  EXPECT_FALSE(rotate());
  ASSERT_EQ(caller_.asked.size(), 1U);
  EXPECT_EQ(caller_.asked.front().username, "ada");
  EXPECT_EQ(caller_.asked.front().website, "Careful");
  EXPECT_EQ(caller_.urls.front(), "https://rotate.example.com/hook");
  EXPECT_EQ(caller_.secrets.front(), secret_);
  EXPECT_EQ(get(id)->status, AccountStatus::available);
  EXPECT_EQ(password_of(id), "rotated");
  EXPECT_EQ(run(desk->accounts.history(id))->passwords.front().set_by, "rotation");
}

TEST_F(RotationsTest, ACommandGetsThePasswordSoFar) {
  const RentalAccountId id = waiting(Rotation::command);
  EXPECT_FALSE(rotate());
  EXPECT_EQ(caller_.passwords, std::vector<std::string>{"secret of ada"});
  EXPECT_EQ(password_of(id), "rotated");
}

TEST_F(RotationsTest, APersonIsNotHurried) {
  waiting(Rotation::by_hand);
  EXPECT_FALSE(rotate());
  EXPECT_TRUE(caller_.asked.empty());
}

TEST_F(RotationsTest, WhatFailsIsNotedAndTriedAgainLaterAndLater) {
  const RentalAccountId id = waiting(Rotation::webhook);
  caller_.failure = "The webhook answered 500.";
  EXPECT_EQ(rotate(), world.clock.now() + minutes{1});
  EXPECT_EQ(get(id)->rotation_error, "The webhook answered 500.");
  EXPECT_EQ(get(id)->status, AccountStatus::needs_rotation);
  EXPECT_EQ(rotate(), world.clock.now() + minutes{1});  // not before its time
  EXPECT_EQ(caller_.asked.size(), 1U);
  restart();  // goes on where it was
  Rotations later{desk->parts, &caller_};
  world.clock.advance(minutes{1});
  EXPECT_EQ(**run(later.rotate_due()), world.clock.now() + minutes{2});
  EXPECT_EQ(caller_.asked.size(), 2U);
  EXPECT_EQ(caller_.asked[0].message_id, caller_.asked[1].message_id);
  caller_.failure.clear();
  world.clock.advance(minutes{2});
  EXPECT_FALSE(run(later.rotate_due())->has_value());
  EXPECT_FALSE(get(id)->rotation_error);
  EXPECT_EQ(get(id)->rotation_attempts, 0);
}

TEST_F(RotationsTest, ItIsGivenUpInTheEndAndTakenUpWhenTheWebsiteChanges) {
  const RentalAccountId id = waiting(Rotation::webhook);
  caller_.failure = "No.";
  for (std::optional<Instant> next = rotate(); next; next = rotate()) world.clock.set(*next);
  EXPECT_EQ(std::ssize(caller_.asked), rentals::kRotationAttemptsMax);
  EXPECT_EQ(get(id)->rotation_error, "No.");
  caller_.failure.clear();
  ASSERT_TRUE(run(desk->websites.update(kOwner, get(id)->website_id, {.rotation_url = "https://other.example.com"})));
  rotate();
  EXPECT_EQ(get(id)->status, AccountStatus::available);
}

TEST_F(RotationsTest, AReceiverMaySendThePasswordLater) {
  const RentalAccountId id = waiting(Rotation::webhook);
  caller_.later = true;
  EXPECT_EQ(rotate(), world.clock.now() + Rotations::kPatience);
  EXPECT_FALSE(get(id)->rotation_error);
  ASSERT_TRUE(run(desk->accounts.put_password(kOwner, id, Secret{"sent later"})));
  EXPECT_EQ(get(id)->status, AccountStatus::available);
  EXPECT_FALSE(rotate());
  EXPECT_EQ(caller_.asked.size(), 1U);
}

TEST_F(RotationsTest, WhatIsNoPasswordIsAFailure) {
  const RentalAccountId id = waiting(Rotation::webhook);
  for (const std::string& answer : {std::string{}, std::string(1'025, 'p'), std::string{"two\nlines"}}) {
    caller_.answer = answer;
    ASSERT_TRUE(rotate());
    EXPECT_TRUE(get(id)->rotation_error);
    EXPECT_EQ(password_of(id), "secret of ada");
    world.clock.advance(hours{6});
  }
}

TEST(WebhookSignature, IsThatOfTheSpecificationsExample) {
  const Secret secret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  const Result<std::string> signature =
      sign_webhook(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330, R"({"test": 2432232314})");
  EXPECT_EQ(*signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_FALSE(sign_webhook(Secret{"nothing"}, "a", 1, ""));
  EXPECT_FALSE(sign_webhook(Secret{"whsec_*"}, "a", 1, ""));
  EXPECT_TRUE(sign_webhook(make_webhook_secret(), "a", 1, ""));
}

TEST_F(AdministrationTest, RentalsThatAreOverArePackedForTheReports) {
  const WebsiteId site = website("Example");
  const RentalAccountId ada = account("Example", "ada");
  execute(fmt::format(R"sql(
    INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info, rented_at,
                         expires_at, ended_at, ended_by)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      SELECT {}, {}, 1, 1, 1, '', i, i + 9, i + 5, 'returned' FROM n)sql",
                      ada.value, site.value));
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(run(desk->rentals.pack_sheets()));
    EXPECT_EQ(number("SELECT COUNT(*) FROM rental_sheets"), 19) << "what is left is not full";
    EXPECT_EQ(number("SELECT MAX(last_at) FROM rental_sheets"), 19 * 1024 - 1);
  }
}

}  // namespace
}  // namespace keyledger::service
