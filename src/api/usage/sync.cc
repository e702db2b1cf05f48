#include "service/usage/sync.h"

#include <fmt/format.h>

#include "api/handlers.h"
#include "api/replies.h"
#include "service/events.h"

namespace keyledger::api {
namespace {

constexpr std::chrono::seconds kBeat{15};  // a comment this often keeps proxies from closing a quiet stream

/// One listener's stream: events of the hub as server-sent events. A sync event carries the state.
class EventStream final : public net::EventSource {
 public:
  EventStream(std::shared_ptr<service::Subscription> subscription, const service::UsageSync* sync, bool missed)
      : subscription_(std::move(subscription)),
        sync_(sync),
        greeting_(missed ? resync() : std::string{": hello\n\n"}) {}

  Task<Result<std::optional<std::string>>> next() override {
    if (!greeting_.empty()) co_return std::exchange(greeting_, {});
    service::Subscription::Next next = co_await subscription_->next(kBeat);
    if (next.outcome == service::Subscription::Outcome::ended) co_return std::nullopt;
    if (next.outcome == service::Subscription::Outcome::idle) co_return ": beat\n\n";
    if (next.event.kind == service::EventKind::resync) co_return resync();
    if (next.event.kind == service::EventKind::sync) {
      Result<service::SyncState> state = co_await sync_->state();
      if (!state) co_return resync();
      co_return text("sync", next.event.id, json::to_json(*state));
    }
    json::Writer data;
    data.begin_object().name("resources");
    json::write(data, next.event.resources);
    data.end_object();
    co_return text("changed", next.event.id, data.take());
  }

 private:
  static std::string text(std::string_view kind, std::uint64_t id, std::string_view data) {
    return fmt::format("event: {}\nid: {}\ndata: {}\n\n", kind, id, data);
  }
  static std::string resync() { return "event: resync\ndata: {}\n\n"; }

  std::shared_ptr<service::Subscription> subscription_;
  const service::UsageSync* sync_;
  std::string greeting_;
};

}  // namespace

Task<Result<Reply>> refresh_usage(const Services* services, Call call) {
  Result<service::SyncState> state = co_await services->sync->refresh(call.who.actor);
  if (!state) co_return std::unexpected(state.error());
  co_return net::json_reply(202, json::to_json(*state));
}

Task<Result<Reply>> get_sync(const Services* services, Call) {
  Result<service::SyncState> state = co_await services->sync->state();
  if (!state) co_return std::unexpected(state.error());
  co_return ok(*state);
}

Task<Result<Reply>> stream_events(const Services* services, Call call) {
  Result<std::shared_ptr<service::Subscription>> subscription = services->events->subscribe();
  if (!subscription) co_return std::unexpected(subscription.error());
  Reply reply;
  const bool missed = call.request.headers.find("Last-Event-ID").has_value();
  reply.stream = std::make_shared<EventStream>(std::move(*subscription), services->sync, missed);
  co_return reply;
}

}  // namespace keyledger::api
