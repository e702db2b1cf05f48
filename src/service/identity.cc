#include "service/identity.h"

#include <fmt/format.h>

#include "domain/keys/account.h"
#include "service/audit.h"
#include "store/identity_store.h"

namespace keyledger::service {
namespace {

using store::SessionStore;
using store::SettingStore;
using store::TokenStore;
using store::Transaction;

const std::string kPasswordHash = "owner_password_hash";
constexpr std::string_view kTokenPrefix = "kla_";
constexpr std::size_t kPasswordMin = 12;
constexpr std::size_t kPasswordMax = 1024;
constexpr std::chrono::minutes kTouchEvery{1};  // how exact last_used_at and last_seen_at are: not a write per request

std::string digest_of(const Secret& token) {
  return crypto::to_hex(crypto::sha256(token.reveal()));
}

std::vector<Scope> parse_scopes(const std::string& text) {
  std::vector<Scope> scopes;
  for (const Scope scope : {Scope::admin, Scope::read, Scope::verify}) {
    const std::string word = boost::describe::enum_to_string(scope, "");
    if ((" " + text + " ").find(" " + word + " ") != std::string::npos) scopes.push_back(scope);
  }
  return scopes;
}

std::string join_scopes(const std::vector<Scope>& scopes) {
  std::string text;
  for (const Scope scope : scopes) {
    const std::string word = boost::describe::enum_to_string(scope, "");
    if ((" " + text + " ").find(" " + word + " ") != std::string::npos) continue;  // given twice
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

TokenInfo to_info(const store::TokenRow& row) {
  return {row.id, row.name, row.hint, parse_scopes(row.scopes), row.created_at, row.last_used_at, row.revoked_at};
}

Result<void> check_password(const Secret& wanted) {
  if (wanted.size() >= kPasswordMin && wanted.size() <= kPasswordMax) return {};
  return fail(
      Code::invalid_argument,
      fmt::format("A password has {} to {} characters; a sentence is easy to remember.", kPasswordMin, kPasswordMax),
      "weak_password", "new_password");
}

Result<std::string> check_token(const std::string& name, const std::vector<Scope>& scopes) {
  if (scopes.empty()) {
    return fail(Code::invalid_argument, "A token needs at least one scope: admin, read or verify.", "no_scopes",
                "scopes");
  }
  return keys::check_name(name);
}

std::unexpected<Error> wrong_password(std::string field) {
  return fail(Code::unauthenticated, "The password is wrong.", "wrong_password", std::move(field));
}

}  // namespace

bool Principal::may(Scope scope) const {
  for (const Scope own : scopes) {
    if (own == scope || own == Scope::admin) return true;
  }
  return false;
}

Result<std::optional<Secret>> Identity::ensure_owner() {
  using Made = std::optional<Secret>;
  return core_.store->writer().run_blocking<Made>([this](Transaction& transaction) -> Result<Made> {
    const Result<std::optional<std::string>> stored = SettingStore::get(transaction, kPasswordHash);
    if (!stored) return std::unexpected(stored.error());
    if (*stored) return std::nullopt;
    Secret password = crypto::random_text(15);  // 20 characters, 120 bits
    Result<void> done = SettingStore::put(transaction, kPasswordHash, crypto::hash_password(password));
    if (!done) return std::unexpected(done.error());
    done = record_audit(transaction, core_.clock->now(), Actor{}, "owner.create", "owner");
    if (!done) return std::unexpected(done.error());
    return password;
  });
}

runtime::Task<Result<bool>> Identity::password_is(Secret password) const {
  auto read = [](Transaction& transaction) { return SettingStore::get(transaction, kPasswordHash); };
  Result<std::optional<std::string>> hash =
      co_await core_.store->readers().run<std::optional<std::string>>(std::move(read));
  if (!hash) co_return std::unexpected(hash.error());
  auto verify = [password = std::move(password), hash = hash->value_or("")]() -> Result<bool> {
    return password.size() <= kPasswordMax && crypto::verify_password(password, hash);
  };
  Result<bool> right = co_await core_.pool->run<bool>(std::move(verify));
  co_return right;
}

runtime::Task<Result<NewSession>> Identity::begin_session(std::string address, std::string user_agent) {
  NewSession session{crypto::random_text(32), core_.clock->now() + times_.absolute};
  store::SessionRow row;
  row.token_digest = digest_of(session.token);
  row.created_at = row.last_seen_at = core_.clock->now();
  row.expires_at = session.expires_at;
  row.address = address;
  row.user_agent = user_agent.substr(0, 300);
  const Actor owner{ActorKind::owner, "owner", std::move(address)};
  auto insert = [row, owner](Transaction& transaction) -> Result<SessionId> {
    const Result<SessionId> id = SessionStore::insert(transaction, row);
    if (!id) return id;
    const Result<void> audited =
        record_audit(transaction, row.created_at, owner, "session.create", fmt::format("sessions/{}", id->value));
    if (!audited) return std::unexpected(audited.error());
    return id;
  };
  Result<SessionId> id = co_await core_.store->writer().run<SessionId>(std::move(insert));
  if (!id) co_return std::unexpected(id.error());
  co_return session;
}

runtime::Task<Result<NewSession>> Identity::sign_in(Secret password, std::string address, std::string user_agent) {
  const std::chrono::seconds wait = throttle_.wait(address, core_.clock->now());
  if (wait.count() > 0) {
    co_return fail(Code::limit_exceeded,
                   fmt::format("Too many wrong passwords from here; try again in {} s.", wait.count()),
                   "too_many_attempts", {}, std::to_string(wait.count()));
  }
  // Counted before the answer is known: guesses sent at once must not share one count.
  throttle_.failed(address, core_.clock->now());
  Result<bool> right = co_await password_is(std::move(password));
  if (!right) co_return std::unexpected(right.error());
  if (!*right) co_return wrong_password("password");
  throttle_.succeeded(address);
  Result<NewSession> session = co_await begin_session(std::move(address), std::move(user_agent));
  co_return session;
}

runtime::Task<Result<void>> Identity::sign_out(Principal who) {
  if (!who.session) co_return Result<void>{};
  const SessionId id = *who.session;
  Result<void> ended = co_await end_session(std::move(who), id);
  co_return ended;
}

runtime::Task<Result<void>> Identity::change_password(Principal who, Secret current, Secret wanted) {
  const Result<void> strong = check_password(wanted);
  if (!strong) co_return strong;
  if (who.actor.kind != ActorKind::local) {
    const std::chrono::seconds wait = throttle_.wait(who.actor.address, core_.clock->now());
    if (wait.count() > 0) {
      co_return fail(Code::limit_exceeded, fmt::format("Too many wrong passwords; try again in {} s.", wait.count()),
                     "too_many_attempts", {}, std::to_string(wait.count()));
    }
    throttle_.failed(who.actor.address, core_.clock->now());
    Result<bool> right = co_await password_is(std::move(current));
    if (!right) co_return std::unexpected(right.error());
    if (!*right) co_return wrong_password("current_password");
    throttle_.succeeded(who.actor.address);
  }
  auto compute = [wanted = std::move(wanted)]() -> Result<std::string> { return crypto::hash_password(wanted); };
  Result<std::string> hash = co_await core_.pool->run<std::string>(std::move(compute));
  if (!hash) co_return std::unexpected(hash.error());
  const Instant now = core_.clock->now();
  auto change = [hash = std::move(*hash), who, now](Transaction& transaction) -> Result<std::int64_t> {
    Result<void> done = SettingStore::put(transaction, kPasswordHash, hash);
    if (!done) return std::unexpected(done.error());
    done = record_audit(transaction, now, who.actor, "password.change", "owner");
    if (!done) return std::unexpected(done.error());
    return SessionStore::remove_others(transaction, who.session.value_or(SessionId{}));
  };
  Result<std::int64_t> changed = co_await core_.store->writer().run<std::int64_t>(std::move(change));
  if (!changed) co_return std::unexpected(changed.error());
  co_return Result<void>{};
}

runtime::Task<Result<std::optional<Principal>>> Identity::from_session(Secret token, std::string address) {
  auto find = [digest = digest_of(token)](Transaction& transaction) { return SessionStore::find(transaction, digest); };
  Result<std::optional<store::SessionRow>> found =
      co_await core_.store->readers().run<std::optional<store::SessionRow>>(std::move(find));
  if (!found) co_return std::unexpected(found.error());
  const Instant now = core_.clock->now();
  if (!*found) co_return std::nullopt;
  const store::SessionRow& row = **found;
  if (row.expires_at <= now || row.last_seen_at + times_.idle <= now) co_return std::nullopt;
  if (row.last_seen_at + kTouchEvery < now) {
    auto touch = [id = row.id, now](Transaction& transaction) { return SessionStore::touch(transaction, id, now); };
    const Result<void> touched = co_await core_.store->writer().run<void>(std::move(touch));
    if (!touched && touched.error().code != Code::not_found) co_return std::unexpected(touched.error());
  }
  Principal who;
  who.actor = {ActorKind::owner, "owner", std::move(address)};
  who.scopes = {Scope::admin};
  who.session = row.id;
  co_return who;
}

runtime::Task<Result<std::optional<Principal>>> Identity::from_token(Secret token, std::string address) {
  if (!token.reveal().starts_with(kTokenPrefix)) co_return std::nullopt;
  auto find = [digest = digest_of(token)](Transaction& transaction) { return TokenStore::find(transaction, digest); };
  Result<std::optional<store::TokenRow>> found =
      co_await core_.store->readers().run<std::optional<store::TokenRow>>(std::move(find));
  if (!found) co_return std::unexpected(found.error());
  if (!*found || (*found)->revoked_at) co_return std::nullopt;
  const store::TokenRow& row = **found;
  const Instant now = core_.clock->now();
  if (!row.last_used_at || *row.last_used_at + kTouchEvery < now) {
    auto touch = [id = row.id, now](Transaction& transaction) { return TokenStore::touch(transaction, id, now); };
    const Result<void> touched = co_await core_.store->writer().run<void>(std::move(touch));
    if (!touched) co_return std::unexpected(touched.error());
  }
  Principal who;
  who.actor = {ActorKind::token, row.name, std::move(address)};
  who.scopes = parse_scopes(row.scopes);
  who.token = row.id;
  co_return who;
}

runtime::Task<Result<std::vector<SessionInfo>>> Identity::sessions(Principal who) const {
  const Instant now = core_.clock->now();
  auto read = [who, now, times = times_](Transaction& transaction) -> Result<std::vector<SessionInfo>> {
    const Result<std::vector<store::SessionRow>> rows = SessionStore::all(transaction);
    if (!rows) return std::unexpected(rows.error());
    std::vector<SessionInfo> sessions;
    for (const store::SessionRow& row : *rows) {
      if (row.expires_at <= now || row.last_seen_at + times.idle <= now) continue;
      sessions.push_back({row.id, row.created_at, row.last_seen_at, row.expires_at, row.address, row.user_agent,
                          who.session == row.id});
    }
    return sessions;
  };
  Result<std::vector<SessionInfo>> sessions =
      co_await core_.store->readers().run<std::vector<SessionInfo>>(std::move(read));
  co_return sessions;
}

runtime::Task<Result<void>> Identity::end_session(Principal who, SessionId id) {
  const Instant now = core_.clock->now();
  auto end = [who, id, now](Transaction& transaction) -> Result<void> {
    const Result<void> removed = SessionStore::remove(transaction, id);
    if (!removed) return removed;
    return record_audit(transaction, now, who.actor, "session.end", fmt::format("sessions/{}", id.value));
  };
  Result<void> ended = co_await core_.store->writer().run<void>(std::move(end));
  co_return ended;
}

runtime::Task<Result<std::vector<TokenInfo>>> Identity::tokens(AdminTokenId after, std::int64_t limit) const {
  auto read = [after, limit](Transaction& transaction) -> Result<std::vector<TokenInfo>> {
    const Result<std::vector<store::TokenRow>> rows = TokenStore::list(transaction, after, limit + 1);
    if (!rows) return std::unexpected(rows.error());
    std::vector<TokenInfo> tokens;
    for (const store::TokenRow& row : *rows) tokens.push_back(to_info(row));
    return tokens;
  };
  Result<std::vector<TokenInfo>> tokens = co_await core_.store->readers().run<std::vector<TokenInfo>>(std::move(read));
  co_return tokens;
}

runtime::Task<Result<NewToken>> Identity::create_token(Actor actor, std::string name, std::vector<Scope> scopes,
                                                       Once<NewToken> once) {
  Result<std::string> fine = check_token(name, scopes);
  if (!fine) co_return std::unexpected(fine.error());
  const Secret random = crypto::random_text(32);
  Secret token{std::string{kTokenPrefix} + std::string{random.reveal()}};
  store::TokenRow row;
  row.name = std::move(*fine);
  const std::string_view text = token.reveal();
  row.hint = fmt::format("{}...{}", text.substr(0, 8), text.substr(text.size() - 4));
  row.token_digest = digest_of(token);
  row.scopes = join_scopes(scopes);
  row.created_at = core_.clock->now();
  auto insert = [this, actor = std::move(actor), row, token = std::move(token),
                 once = std::move(once)](Transaction& transaction) mutable -> Result<NewToken> {
    const Result<AdminTokenId> id = TokenStore::insert(transaction, row);
    if (!id) return std::unexpected(id.error());
    row.id = *id;
    Result<void> done =
        record_audit(transaction, row.created_at, actor, "tokens.create", fmt::format("admin_tokens/{}", id->value),
                     {{"name", row.name}, {"scopes", row.scopes}});
    if (!done) return std::unexpected(done.error());
    NewToken made{to_info(row), std::move(token)};
    done = Idempotency::remember(transaction, core_, once, made);
    if (!done) return std::unexpected(done.error());
    return made;
  };
  Result<NewToken> made = co_await core_.store->writer().run<NewToken>(std::move(insert));
  co_return made;
}

runtime::Task<Result<TokenInfo>> Identity::revoke_token(Actor actor, AdminTokenId id) {
  const Instant now = core_.clock->now();
  auto revoke = [actor = std::move(actor), id, now](Transaction& transaction) -> Result<TokenInfo> {
    Result<store::TokenRow> row = TokenStore::get(transaction, id);
    if (!row) return std::unexpected(row.error());
    if (row->revoked_at) return to_info(*row);
    row->revoked_at = now;
    Result<void> done = TokenStore::revoke(transaction, id, now);
    if (!done) return std::unexpected(done.error());
    done = record_audit(transaction, now, actor, "tokens.revoke", fmt::format("admin_tokens/{}", id.value),
                        {{"name", row->name}});
    if (!done) return std::unexpected(done.error());
    return to_info(*row);
  };
  Result<TokenInfo> info = co_await core_.store->writer().run<TokenInfo>(std::move(revoke));
  co_return info;
}

runtime::Task<Result<std::int64_t>> Identity::forget_old() {
  const Instant now = core_.clock->now();
  auto forget = [now, idle = times_.idle](Transaction& transaction) {
    return SessionStore::remove_expired(transaction, now, now - idle);
  };
  Result<std::int64_t> count = co_await core_.store->writer().run<std::int64_t>(std::move(forget));
  co_return count;
}

}  // namespace keyledger::service
