#include "service/rentals/rotations.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "service/audit.h"
#include "service/events.h"
#include "service/usage/gather.h"
#include "store/rental_account_store.h"
#include "store/website_store.h"

namespace keyledger::service {
namespace {

using rentals::AccountStatus;
using rentals::RentalAccount;
using rentals::Rotation;
using rentals::Website;
using store::RentalAccountStore;
using store::Transaction;
using store::WebsiteStore;

constexpr std::int64_t kBatch = 50;
constexpr std::chrono::milliseconds kLookAgain{60'000};
constexpr std::size_t kErrorBytesMax = 500;
constexpr int kStoreTriesMax = 100;  // a new password is known nowhere else: it is worth some minutes of a full disk
constexpr std::chrono::milliseconds kStoreAgain{3'000};
const Actor kSelf{ActorKind::system, "rotation", {}};

}  // namespace

/// One attempt, as it was noted before the call.
struct Rotations::Attempt {
  Rotation rotation = Rotation::by_hand;
  std::string url{};
  store::Bytes sealed_secret{}, sealed_password{};
  WebsiteId website_id{};
  RotationOrder order{};
};

/// Notes the attempt before it is made, with the time of the next: a crash in between repeats it, and never at once.
Result<Rotations::Attempt> Rotations::begin(Transaction& transaction, RentalAccountId id, Instant now) const {
  Result<RentalAccount> account = RentalAccountStore::get(transaction, id);
  if (!account) return std::unexpected(account.error());
  if (account->status != AccountStatus::needs_rotation || !account->rotation_due_at) {
    return fail(Code::conflict, "The account does not wait for a password any more.", "account_not_waiting");
  }
  const Result<Website> website = WebsiteStore::get(transaction, account->website_id);
  if (!website) return std::unexpected(website.error());
  Attempt attempt{.rotation = website->rotation, .url = website->rotation_url, .website_id = website->id};
  Result<store::Bytes> secret = WebsiteStore::sealed_secret(transaction, website->id);
  if (!secret) return std::unexpected(secret.error());
  Result<store::Bytes> password = RentalAccountStore::sealed_password(transaction, id);
  if (!password) return std::unexpected(password.error());
  attempt.sealed_secret = std::move(*secret);
  attempt.sealed_password = std::move(*password);
  attempt.order = {fmt::format("rotate_{}_{}_{}", id.value, account->fencing, to_millis(account->last_reset)),
                   now,
                   id,
                   website->name,
                   account->username,
                   account->email};
  account->rotation_attempts += 1;
  account->rotation_due_at = now + rentals::rotation_back_off(account->rotation_attempts);
  const Result<void> noted = RentalAccountStore::update(transaction, *account);
  if (!noted) return std::unexpected(noted.error());
  return attempt;
}

runtime::Task<Result<std::optional<Secret>>> Rotations::call(Attempt attempt) {
  const Keyring& keyring = *parts_.core.keyring;
  if (attempt.rotation == Rotation::webhook) {
    Result<Secret> secret = keyring.open(attempt.sealed_secret, sealed_row(attempt.website_id));
    if (!secret) co_return std::unexpected(secret.error());
    Result<std::optional<Secret>> answer =
        co_await caller_->call_webhook(std::move(attempt.url), std::move(*secret), std::move(attempt.order));
    co_return answer;
  }
  if (attempt.rotation == Rotation::command) {
    Result<Secret> password = keyring.open(attempt.sealed_password, sealed_row(attempt.order.account_id));
    if (!password) co_return std::unexpected(password.error());
    Result<Secret> answer = co_await caller_->run_command(std::move(attempt.order), std::move(*password));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    co_return std::optional{std::move(*answer)};
  }
  co_return fail(Code::conflict, "The website's passwords are changed by hand.", "rotation_by_hand");
}

/// A new password is kept whatever has become of the account meanwhile: it is the one that works now.
Result<void> Rotations::finish(Transaction& transaction, RentalAccountId id,
                               const Result<std::optional<Secret>>& outcome, Instant now) const {
  Result<RentalAccount> account = RentalAccountStore::get(transaction, id);
  if (!account) return std::unexpected(account.error());
  const Result<Website> website = WebsiteStore::get(transaction, account->website_id);
  if (!website) return std::unexpected(website.error());
  if (outcome && *outcome) {
    const Result<void> set = set_password(transaction, parts_, *account, *website, **outcome, kSelf.name, now);
    if (!set) return set;
    return record_audit(transaction, now, kSelf, "rental_accounts.set_password",
                        fmt::format("rental_accounts/{}", id.value), {{"username", account->username}});
  }
  if (account->status != AccountStatus::needs_rotation) return {};  // somebody was faster
  account->rotation_error = outcome ? std::string{} : outcome.error().message.substr(0, kErrorBytesMax);
  account->rotation_due_at = now + (outcome ? kPatience : rentals::rotation_back_off(account->rotation_attempts));
  if (account->rotation_attempts >= rentals::kRotationAttemptsMax) account->rotation_due_at.reset();
  return save(transaction, parts_, *account);
}

runtime::Task<> Rotations::rotate(RentalAccountId id) {
  auto start = [this, id, now = parts_.core.clock->now()](Transaction& transaction) {
    return begin(transaction, id, now);
  };
  Result<Attempt> attempt = co_await parts_.core.store->writer().run<Attempt>(std::move(start));
  if (!attempt) co_return;
  Result<std::optional<Secret>> outcome = co_await call(std::move(*attempt));
  if (outcome && *outcome) {
    const Result<void> fine = rentals::check_password(**outcome);
    if (!fine) outcome = std::unexpected(fine.error());
  }
  if (!outcome) {
    log::warn("an account's password could not be changed",
              {{"account", id.value}, {"why", outcome.error().message}, {"detail", outcome.error().detail}});
  }
  const auto shared = std::make_shared<const Result<std::optional<Secret>>>(std::move(outcome));
  for (int tries = 0; tries < kStoreTriesMax; ++tries) {
    auto end = [this, id, shared, now = parts_.core.clock->now()](Transaction& transaction) {
      return finish(transaction, id, *shared, now);
    };
    const Result<void> kept = co_await parts_.core.store->writer().run<void>(std::move(end));
    if (kept || kept.error().code != Code::unavailable || stopping_) break;
    log::error("what became of a password could not be stored", {{"account", id.value}, {"why", kept.error().detail}});
    co_await runtime::sleep_for(kStoreAgain);
  }
  if (parts_.events != nullptr) parts_.events->publish(EventKind::changed, {"rental_accounts", "websites"});
}

runtime::Task<Result<std::optional<Instant>>> Rotations::rotate_due() {
  using Accounts = std::vector<RentalAccount>;
  for (;;) {
    auto look = [now = parts_.core.clock->now()](Transaction& transaction) {
      return RentalAccountStore::due_for_rotation(transaction, now, kBatch);
    };
    const Result<Accounts> due = co_await parts_.core.store->readers().run<Accounts>(std::move(look));
    if (!due) co_return std::unexpected(due.error());
    if (due->empty() || stopping_) break;
    std::vector<Work> work;
    for (const RentalAccount& account : *due) {
      work.emplace_back([this, id = account.id] { return rotate(id); });
    }
    co_await gather(std::move(work), kAtOnce);
    if (std::ssize(*due) < kBatch) break;
  }
  auto next = [](Transaction& transaction) { return RentalAccountStore::next_rotation(transaction); };
  Result<std::optional<Instant>> when =
      co_await parts_.core.store->readers().run<std::optional<Instant>>(std::move(next));
  co_return when;
}

runtime::Task<> Rotations::run() {
  while (!stopping_) {
    const Result<std::optional<Instant>> next = co_await rotate_due();
    std::chrono::milliseconds wait = kLookAgain;
    if (next && *next) {
      // Never less than a second: what cannot even be noted must not turn into a busy loop.
      wait = std::clamp(**next - parts_.core.clock->now(), std::chrono::milliseconds{1'000}, kLookAgain);
    }
    if (!stopping_) co_await parts_.rotation_alarm->wait(wait);
  }
}

void Rotations::stop() {
  stopping_ = true;
  parts_.rotation_alarm->ring();
}

}  // namespace keyledger::service
