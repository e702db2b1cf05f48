// service/rentals/changes.h: what several use cases do to accounts and rentals, inside their mutations.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "domain/rentals/rules.h"
#include "service/admission/key_table.h"
#include "service/core.h"
#include "service/rentals/rental_pool.h"
#include "service/usage/alarm.h"
#include "store/database.h"

namespace keyledger::service {

class EventHub;
class WebhookQueue;

/// What the services about rentals share. The app owns all of it and outlives them.
struct RentalParts {
  Core core;
  KeyTable* keys;
  RentalPool* pool;
  EventHub* events;
  Alarm* expiry_alarm;    // rung when a rental expires earlier than those before
  Alarm* rotation_alarm;  // rung when a password is due to be changed
  const WebhookQueue* webhooks = nullptr;
};

/// What a sealed value is bound to.
[[nodiscard]] std::string sealed_row(RentalAccountId id);
[[nodiscard]] std::string past_password_row(std::int64_t id);
[[nodiscard]] std::string sealed_row(WebsiteId id);

/// Stores what has become of an account; the pool follows after the commit.
[[nodiscard]] Result<void> save(store::Transaction& transaction, const RentalParts& parts,
                                const rentals::RentalAccount& account);

/// Takes the step that an act leads to: status and what hangs on it. Nothing is stored yet.
/// Errors: conflict, those of rentals::after.
[[nodiscard]] Result<void> apply(rentals::RentalAccount& account, rentals::Act act, const rentals::Website& website,
                                 Instant now);

/// A new password: sealed, into the history, and the account is free again if it waited for that.
[[nodiscard]] Result<void> set_password(store::Transaction& transaction, const RentalParts& parts,
                                        rentals::RentalAccount& account, const rentals::Website& website,
                                        const Secret& password, const std::string& set_by, Instant now);

/// Ends an open rental; the account goes where its website says, or aside.
[[nodiscard]] Result<rentals::RentalAccount> end_rental(store::Transaction& transaction, const RentalParts& parts,
                                                        const rentals::Rental& rental, Instant ended_at,
                                                        rentals::EndedBy ended_by,
                                                        std::optional<std::string> put_aside_because = {});

/// Ends up to `limit` rentals that are due, in the order in which their time ended. Answers how many.
[[nodiscard]] Result<std::int64_t> expire(store::Transaction& transaction, const RentalParts& parts, Instant now,
                                          std::optional<WebsiteId> website, std::int64_t limit);

/// The account's rental that is open at `now`: one that is due ends first.
[[nodiscard]] Result<std::optional<rentals::Rental>> open_rental(store::Transaction& transaction,
                                                                 const RentalParts& parts, RentalAccountId id,
                                                                 Instant now);

}  // namespace keyledger::service
