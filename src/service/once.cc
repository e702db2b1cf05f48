#include "service/once.h"

#include <fmt/format.h>

#include "store/identity_store.h"

namespace keyledger::service {
namespace {

constexpr std::chrono::hours kKept{24};

std::string row_name(const OnceTicket& ticket) {
  return fmt::format("idempotency_keys/{}/{}", ticket.scope, ticket.key);
}

using Found = std::optional<store::RememberedAnswer>;

}  // namespace

Result<void> Idempotency::check(std::string_view key) {
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
  if (!key.empty() && key.size() <= 255 && printable) return {};
  return fail(Code::invalid_argument, "Idempotency-Key has 1 to 255 printable ASCII characters without blanks.",
              "malformed_idempotency_key", "Idempotency-Key");
}

runtime::Task<Result<std::optional<StoredAnswer>>> Idempotency::begin(OnceTicket ticket) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_.emplace(ticket.scope, ticket.key).second) {
      co_return fail(Code::conflict, "The first request with this Idempotency-Key is still running; try again.",
                     "idempotency_key_in_use", "Idempotency-Key");
    }
  }
  auto find = [ticket](store::Transaction& transaction) {
    return store::IdempotencyStore::find(transaction, ticket.scope, ticket.key);
  };
  Result<Found> found = co_await core_.store->readers().run<Found>(std::move(find));
  if (found && !*found) co_return std::nullopt;  // new: stays in running_ until `end`
  end(ticket);
  if (!found) co_return std::unexpected(found.error());
  const store::RememberedAnswer& answer = **found;
  if (answer.body_digest != ticket.body_digest) {
    co_return fail(Code::invalid_argument, "This Idempotency-Key was used with another body; take a new one.",
                   "idempotency_key_reused", "Idempotency-Key");
  }
  const Result<Secret> body = core_.keyring->open(answer.sealed_answer, row_name(ticket));
  if (!body) co_return std::unexpected(body.error());
  co_return StoredAnswer{answer.status, std::string{body->reveal()}};
}

void Idempotency::end(const OnceTicket& ticket) {
  const std::lock_guard lock(mutex_);
  running_.erase({ticket.scope, ticket.key});
}

Result<void> Idempotency::store_answer(store::Transaction& transaction, const Core& core, const OnceTicket& ticket,
                                       const StoredAnswer& answer) {
  store::RememberedAnswer row;
  row.scope = ticket.scope;
  row.idempotency_key = ticket.key;
  row.body_digest = ticket.body_digest;
  row.status = answer.status;
  row.sealed_answer = core.keyring->seal(Secret{std::string{answer.body}}, row_name(ticket));
  row.created_at = core.clock->now();
  return store::IdempotencyStore::insert(transaction, row);
}

runtime::Task<Result<std::int64_t>> Idempotency::forget_old() {
  const Instant oldest = core_.clock->now() - kKept;
  auto forget = [oldest](store::Transaction& transaction) {
    return store::IdempotencyStore::remove_before(transaction, oldest);
  };
  Result<std::int64_t> count = co_await core_.store->writer().run<std::int64_t>(std::move(forget));
  co_return count;
}

}  // namespace keyledger::service
