#include "service/webhooks/limit_news.h"

#include <fmt/format.h>

#include "base/log.h"
#include "domain/limits/words.h"
#include "store/customer_key_store.h"

namespace keyledger::service {
namespace {

using limits::Window;
using store::Transaction;

constexpr std::chrono::milliseconds kLookAgain{60'000};
constexpr std::chrono::milliseconds kAfterFailure{5'000};

/// Until when the window stands in which the limit refused.
Instant end_of(const limits::LimitStanding& standing, Instant at) {
  const bool turns =
      standing.window == Window::hour || standing.window == Window::day || standing.window == Window::month;
  if (turns && standing.resets_at) return *standing.resets_at;
  return std::chrono::floor<std::chrono::hours>(at) + std::chrono::hours{1};
}

template <typename T>
std::string word(T value) {
  return boost::describe::enum_to_string(value, "");
}

}  // namespace

bool LimitNews::first_in_window(const Known& known, Instant at, Instant until) {
  if (const auto found = known_.find(known); found != known_.end() && at < found->second) return false;
  if (waiting_.size() >= kWaitingMax) return false;
  if (known_.size() >= kKnownMax) absl::erase_if(known_, [at](const auto& entry) { return entry.second <= at; });
  // With so many reached at once the oldest are forgotten: at worst a message is tried again that is there already.
  if (known_.size() >= kKnownMax) known_.clear();
  known_[known] = until;
  return true;
}

void LimitNews::refused(const Admitted& admitted) {
  const limits::LimitStanding& standing = admitted.standings[admitted.exceeded];
  const Instant until = end_of(standing, admitted.at);
  {
    const std::lock_guard lock(mutex_);
    const Known known{admitted.key_id.value, standing.amount, standing.metric, standing.window};
    if (!first_in_window(known, admitted.at, until)) return;
    waiting_.push_back({admitted.key_id, standing, admitted.at, until});
  }
  alarm_->ring();
}

Result<void> LimitNews::queue(Transaction& transaction, const Reached& reached) const {
  const Result<store::CustomerKeyStore::Entry> entry =
      store::CustomerKeyStore::get(transaction, reached.key_id, reached.at);
  if (!entry && entry.error().code == Code::not_found) return {};
  if (!entry) return std::unexpected(entry.error());
  const limits::LimitStanding& standing = reached.standing;
  const std::string words = limits::in_words({standing.metric, standing.window, standing.amount});
  const WebhookFact resets{"resets_at", nullptr};
  std::vector<WebhookFact> data{{"key_id", reached.key_id.value},
                                {"key_name", entry->key.name},
                                {"customer_id", entry->key.customer_id.value},
                                {"customer_name", entry->customer_name},
                                {"limit", words},
                                {"metric", word(standing.metric)},
                                {"window", word(standing.window)},
                                {"amount", standing.amount},
                                {"used", standing.used},
                                resets};
  if (standing.resets_at) data.back().value = *standing.resets_at;
  std::string message_id = fmt::format("msg_limit_{}_{}_{}_{}_{}", reached.key_id.value, word(standing.metric),
                                       word(standing.window), standing.amount, to_millis(reached.until) / 1'000);
  return queue_->tell(transaction, WebhookTopic::limit_reached, data, reached.at, std::move(message_id));
}

runtime::Task<Result<void>> LimitNews::tell() {
  std::vector<Reached> news;
  {
    const std::lock_guard lock(mutex_);
    news = waiting_;
  }
  if (news.empty()) co_return Result<void>{};
  auto write = [this, news](Transaction& transaction) -> Result<void> {
    for (const Reached& reached : news) {
      const Result<void> queued = queue(transaction, reached);
      if (!queued) return queued;
    }
    return {};
  };
  Result<void> told = co_await core_.store->writer().run<void>(std::move(write));
  if (told) {
    const std::lock_guard lock(mutex_);
    waiting_.erase(waiting_.begin(), waiting_.begin() + std::ssize(news));
  }
  co_return told;
}

runtime::Task<> LimitNews::run() {
  while (!stopping_) {
    const Result<void> told = co_await tell();
    if (!told) log::warn("reached limits could not be told; trying again", {{"why", told.error().detail}});
    if (!stopping_) co_await alarm_->wait(told ? kLookAgain : kAfterFailure);
  }
}

void LimitNews::stop() {
  stopping_ = true;
  alarm_->ring();
}

}  // namespace keyledger::service
