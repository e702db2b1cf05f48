// bench/fill_usage.h: a ledger of made-up use, large enough to measure: by default three years of 200 keys and 20
// models.
#pragma once

#include <fmt/format.h>

#include <random>
#include <string>
#include <utility>

#include "store/account_store.h"
#include "store/provider_key_store.h"
#include "store/store.h"
#include "store/usage_row_store.h"
#include "store/usage_source_store.h"

namespace keyledger::bench {

struct FillOptions {
  int days = 1'096;       // up to and with the day of `now`
  int sources = 4;        // organizations, every other one of OpenAI and of Anthropic
  int keys = 200;         // of all sources together
  int models = 20;        // that each key uses each day
  bool hold_keys = true;  // store them as held keys, too; they cannot be opened
  unsigned seed = 1;
};

namespace detail {

inline constexpr std::array<std::string_view, 4> kFamilies{"gpt-5", "gpt-4.1-mini", "claude-opus-5-5",
                                                           "claude-haiku-4-5"};

inline std::string provider_of(int source) {
  return source % 2 == 0 ? "openai" : "anthropic";
}

/// A source and the keys that belong to it, with an admin key that reads it.
inline Result<usage::Source> make_source(store::Transaction& transaction, int number, const FillOptions& options,
                                         Instant now) {
  Result<usage::Source> source =
      store::UsageSourceStore::find_or_add(transaction, provider_of(number), fmt::format("org-{}", number), now);
  if (!source || !options.hold_keys) return source;
  const std::string email = fmt::format("owner{}@example.com", number);
  const Result<AccountId> account = store::AccountStore::insert(transaction, {email, email, email, ""}, now);
  if (!account) return std::unexpected(account.error());
  const auto add = [&](const std::string& name, keys::KeyType type,
                       std::optional<ProviderKeyId> admin) -> Result<ProviderKeyId> {
    return store::ProviderKeyStore::insert(transaction, {.account_id = *account,
                                                         .name = name,
                                                         .provider = provider_of(number),
                                                         .key_type = type,
                                                         .masked_key = "...bnch",
                                                         .fingerprint = fmt::format("bench {}", name),
                                                         .admin_key_id = admin,
                                                         .now = now});
  };
  const Result<ProviderKeyId> admin = add(fmt::format("admin-{}", number), keys::KeyType::admin, {});
  if (!admin) return std::unexpected(admin.error());
  for (int key = number; key < options.keys; key += options.sources) {
    const Result<ProviderKeyId> id = add(fmt::format("key-{}", key), keys::KeyType::project, *admin);
    if (!id) return std::unexpected(id.error());
    Result<keys::ProviderKey> held = store::ProviderKeyStore::get(transaction, *id);
    if (!held) return std::unexpected(held.error());
    held->remote_id = fmt::format("key_{}", key);
    const Result<void> linked = store::ProviderKeyStore::update(transaction, *held, now);
    if (!linked) return std::unexpected(linked.error());
  }
  source->reader_key_id = *admin;
  source->reader_name = fmt::format("admin-{}", number);
  source->reader_is_admin = true;
  source->account_id = *account;
  source->account_name = email;
  source->last_success_at = now;
  source->backfill_done = source->hourly_done = true;
  const Result<void> updated = store::UsageSourceStore::update(transaction, *source);
  if (!updated) return std::unexpected(updated.error());
  const Result<void> reads = store::UsageSourceStore::put_reader(transaction, {*admin, source->id, false, {}});
  if (!reads) return std::unexpected(reads.error());
  return source;
}

/// One day of one source. OpenAI bills by key; Anthropic's days are left to be estimated.
inline store::UsageRowStore::Replacement make_day(const usage::Source& source, int number, Day day,
                                                  const FillOptions& options, std::mt19937& random) {
  store::UsageRowStore::Replacement made{.source = source.id,
                                         .provider = source.provider,
                                         .from = Instant{day},
                                         .to = Instant{day + std::chrono::days{1}},
                                         .datasets = {"completions", "costs"}};
  for (int key = number; key < options.keys; key += options.sources) {
    for (int model = 0; model < options.models; ++model) {
      usage::UsageRow row;
      row.start = Instant{day};
      row.dataset = "completions";
      row.project = fmt::format("proj_{}", key % 10);
      row.remote_key = fmt::format("key_{}", key);
      row.model = fmt::format("{}-{:02}", kFamilies[static_cast<std::size_t>(model) % kFamilies.size()], model);
      row.counts.requests = random() % 1'000;
      row.counts.input_tokens = random() % 5'000'000;
      row.counts.cached_tokens = row.counts.input_tokens / 3;
      row.counts.output_tokens = random() % 500'000;
      made.usage.push_back(std::move(row));
    }
    if (source.provider != "openai") continue;
    usage::CostRow cost;
    cost.day = day;
    cost.dataset = "costs";
    cost.remote_key = fmt::format("key_{}", key);
    cost.line_item = "all";
    cost.amount = Amount{static_cast<std::int64_t>(random() % 50'000'000'000ULL), 123'456'789};
    made.costs.push_back(std::move(cost));
  }
  return made;
}

}  // namespace detail

/// Fills an empty ledger through the same code as the sync. Answers how many rows of use it has then.
/// Errors: those of the database.
inline Result<std::int64_t> fill_usage(store::Store& store, const usage::PriceBook& prices, const FillOptions& options,
                                       Instant now) {
  std::mt19937 random(options.seed);
  std::int64_t rows = 0;
  for (int number = 0; number < options.sources; ++number) {
    const Result<usage::Source> source = store.writer().run_blocking<usage::Source>(
        [&](store::Transaction& transaction) { return detail::make_source(transaction, number, options, now); });
    if (!source) return std::unexpected(source.error());
    for (int ago = options.days - 1; ago >= 0; --ago) {
      const store::UsageRowStore::Replacement day =
          detail::make_day(*source, number, day_of(now) - std::chrono::days{ago}, options, random);
      const Result<bool> stored = store.writer().run_blocking<bool>(
          [&](store::Transaction& transaction) { return store::UsageRowStore::replace(transaction, day, prices); });
      if (!stored) return std::unexpected(stored.error());
      rows += std::ssize(day.usage);
    }
  }
  return rows;
}

}  // namespace keyledger::bench
