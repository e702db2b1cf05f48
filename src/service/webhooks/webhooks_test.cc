#include "service/webhooks/webhooks.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "service/events.h"
#include "service/webhooks/signature.h"
#include "service/webhooks/testing.h"
#include "store/sealed_store.h"

namespace keyledger::service {
namespace {

using namespace testing;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const std::string kUrl = "https://example.com/hook";

class WebhooksTest : public ::testing::Test {
 protected:
  WebhooksTest() { restart(); }
  void restart() {
    webhooks_.reset();
    world_.reopen();
    webhooks_ = std::make_unique<Webhooks>(Webhooks::Parts{world_.core(), &receivers_, &queue_, &events_, &alarm_});
  }
  MadeEndpoint endpoint(std::vector<std::string> topics = {}, std::string url = kUrl) {
    Result<MadeEndpoint> made = run(webhooks_->create(kOwner, {std::move(url), "", std::move(topics)}, {}));
    check_invariant(made.has_value(), "the test's endpoint can be made");
    return std::move(*made);
  }
  Result<WebhookEndpoint> enable(WebhookEndpointId id, bool enabled) {
    return run(webhooks_->update(kOwner, id, {.enabled = enabled}));
  }
  void tell(WebhookTopic topic = WebhookTopic::key_revoked, std::string message_id = {}, bool fails = false) {
    const auto mutation = [&](store::Transaction& transaction) -> Result<void> {
      const Result<void> queued =
          queue_.tell(transaction, topic, {{"key_id", std::int64_t{7}}}, world_.clock.now(), std::move(message_id));
      if (!queued || !fails) return queued;
      return fail(Code::conflict, "Something else went wrong.");
    };
    EXPECT_NE(world_.store->writer().run_blocking<void>(mutation).has_value(), fails);
  }
  std::optional<Instant> deliver() {
    const Result<std::optional<Instant>> next = run(webhooks_->deliver_due());
    EXPECT_TRUE(next);
    return next ? *next : std::nullopt;
  }
  std::vector<WebhookDelivery> log(WebhookEndpointId id) {
    return run(webhooks_->deliveries({.endpoint_id = id})).value();
  }
  WebhookEndpoint read(WebhookEndpointId id) { return run(webhooks_->get(id)).value(); }

  World world_{};
  FakeReceivers receivers_{};
  WebhookQueue queue_{&plain_payload};
  EventHub events_{};
  TimerAlarm alarm_{};
  std::unique_ptr<Webhooks> webhooks_{};
};

TEST_F(WebhooksTest, WhatHappensIsSentOnceAndSigned) {
  const MadeEndpoint made = endpoint();
  tell();
  EXPECT_EQ(deliver(), std::nullopt);
  ASSERT_EQ(receivers_.posted.size(), 1U);
  const Posted& posted = receivers_.posted.front();
  EXPECT_EQ(posted.url, kUrl);
  EXPECT_EQ(posted.body, "key.revoked key_id=7");
  EXPECT_TRUE(posted.message_id.starts_with("msg_"));
  const std::int64_t now = to_millis(world_.clock.now()) / 1'000;
  EXPECT_EQ(posted.timestamp, std::to_string(now));
  EXPECT_EQ(posted.signature, sign_webhook(made.secret, posted.message_id, now, posted.body).value());
  const std::vector<WebhookDelivery> deliveries = log(made.endpoint.id);
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].state, DeliveryState::delivered);
  EXPECT_EQ(deliveries[0].attempts, 1);
  EXPECT_EQ(deliveries[0].last_status, 200);
  EXPECT_EQ(deliveries[0].delivered_at, world_.clock.now());
  EXPECT_EQ(deliveries[0].next_attempt_at, std::nullopt);
  EXPECT_EQ(deliveries[0].payload, posted.body);
  EXPECT_EQ(read(made.endpoint.id).last_delivered_at, world_.clock.now());
}

TEST_F(WebhooksTest, AMessageIsQueuedIfAndOnlyIfItsTransactionCommits) {
  const MadeEndpoint made = endpoint();
  int wakes = 0;
  queue_.when_told([&wakes] { ++wakes; });
  tell(WebhookTopic::key_revoked, {}, true);
  EXPECT_EQ(deliver(), std::nullopt);
  EXPECT_TRUE(log(made.endpoint.id).empty());
  EXPECT_EQ(wakes, 0);
  tell();
  EXPECT_EQ(log(made.endpoint.id).size(), 1U);
  EXPECT_EQ(wakes, 1);
}

TEST_F(WebhooksTest, EachEndpointHearsOfItsTopics) {
  const WebhookEndpointId all = endpoint().endpoint.id;
  const WebhookEndpointId paid = endpoint({"invoice.paid", "budget.reached", "invoice.paid"}).endpoint.id;
  EXPECT_EQ(read(paid).topics, (std::vector<std::string>{"invoice.paid", "budget.reached"}));
  tell(WebhookTopic::key_revoked);
  tell(WebhookTopic::invoice_paid);
  deliver();
  EXPECT_EQ(log(all).size(), 2U);
  const std::vector<WebhookDelivery> deliveries = log(paid);
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].topic, "invoice.paid");
  EXPECT_EQ(deliveries[0].message_id, log(all)[0].message_id) << "the same message to both";
}

TEST_F(WebhooksTest, WhatNobodyWantsIsNotStored) {
  tell();
  endpoint({"invoice.paid"});
  tell();
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM webhook_messages"), 0);
}

TEST_F(WebhooksTest, AMessageWithAnIdOfItsOwnIsQueuedOnce) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  tell(WebhookTopic::limit_reached, "msg_limit_1");
  tell(WebhookTopic::limit_reached, "msg_limit_1");
  tell(WebhookTopic::limit_reached, "msg_limit_2");
  EXPECT_EQ(log(id).size(), 2U);
}

TEST_F(WebhooksTest, WhatFailsIsRepeatedForThreeDaysUnderOneId) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  receivers_.all_answer(500);
  tell();
  const Instant begin = world_.clock.now();
  const seconds pauses[] = {seconds{5}, minutes{5}, minutes{30}, hours{2}, hours{5},
                            hours{10},  hours{14},  hours{20},   hours{20}};
  std::optional<Instant> next = deliver();
  std::size_t sent = 1;
  for (const seconds pause : pauses) {
    SCOPED_TRACE(sent);
    EXPECT_EQ(receivers_.posted.size(), sent);
    ASSERT_EQ(next, world_.clock.now() + pause);
    EXPECT_EQ(log(id)[0].state, DeliveryState::pending);
    EXPECT_EQ(log(id)[0].next_attempt_at, next);
    world_.clock.set(*next - milliseconds{1});
    EXPECT_EQ(deliver(), next);
    EXPECT_EQ(receivers_.posted.size(), sent) << "not a moment earlier";
    world_.clock.set(*next);
    next = deliver();
    ++sent;
  }
  EXPECT_EQ(receivers_.posted.size(), 10U);
  EXPECT_EQ(next, std::nullopt);
  EXPECT_GT(world_.clock.now() - begin, hours{71});
  EXPECT_LE(world_.clock.now() - begin, hours{72});
  for (const Posted& posted : receivers_.posted) {
    EXPECT_EQ(posted.message_id, receivers_.posted[0].message_id);
    EXPECT_EQ(posted.body, receivers_.posted[0].body);
  }
  EXPECT_NE(receivers_.posted[0].timestamp, receivers_.posted[1].timestamp) << "each attempt is signed anew";
  const WebhookDelivery given_up = log(id)[0];
  EXPECT_EQ(given_up.state, DeliveryState::failed);
  EXPECT_EQ(given_up.attempts, 10);
  EXPECT_EQ(given_up.last_status, 500);
  EXPECT_EQ(given_up.last_error, "The receiver answered 500.");
  EXPECT_EQ(read(id).failed_in_a_row, 10);
  EXPECT_TRUE(read(id).enabled);
}

TEST_F(WebhooksTest, AReceiverThatRecoversGetsWhatItMissed) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  receivers_.answer = [](const Posted&) { return WebhookOutcome{{}, "example.com did not answer in time."}; };
  tell();
  world_.clock.set(*deliver());
  EXPECT_EQ(log(id)[0].last_status, std::nullopt);
  EXPECT_EQ(log(id)[0].last_error, "example.com did not answer in time.");
  EXPECT_EQ(read(id).failed_in_a_row, 1);
  receivers_.all_answer(204);
  EXPECT_EQ(deliver(), std::nullopt);
  EXPECT_EQ(log(id)[0].state, DeliveryState::delivered);
  EXPECT_EQ(log(id)[0].attempts, 2);
  EXPECT_EQ(log(id)[0].last_error, "");
  EXPECT_EQ(read(id).failed_in_a_row, 0);
}

TEST_F(WebhooksTest, ARestartLosesNothing) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  tell();
  tell(WebhookTopic::invoice_paid);
  restart();
  deliver();
  ASSERT_EQ(receivers_.posted.size(), 2U);
  EXPECT_EQ(receivers_.posted[0].body, "key.revoked key_id=7") << "in the order of time";
  EXPECT_EQ(log(id)[0].state, DeliveryState::delivered);
  EXPECT_EQ(log(id)[1].state, DeliveryState::delivered);
}

TEST_F(WebhooksTest, AReceiverThatIsGoneIsDisabledAndWhatIsPendingWaits) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  receivers_.all_answer(500);
  tell();
  deliver();
  receivers_.all_answer(410);
  tell(WebhookTopic::invoice_paid);
  deliver();
  const WebhookEndpoint disabled = read(id);
  EXPECT_FALSE(disabled.enabled);
  EXPECT_NE(disabled.disabled_reason.find("410"), std::string::npos);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action = 'webhooks.disable'"), 1);
  tell(WebhookTopic::invoice_finalised);
  world_.clock.advance(hours{1});
  EXPECT_EQ(deliver(), std::nullopt);
  EXPECT_EQ(receivers_.posted.size(), 2U);
  EXPECT_EQ(log(id).size(), 2U) << "nothing new is queued";

  receivers_.all_answer(200);
  const Result<WebhookEndpoint> enabled = enable(id, true);
  ASSERT_TRUE(enabled);
  EXPECT_TRUE(enabled->enabled);
  EXPECT_EQ(enabled->disabled_reason, "");
  EXPECT_EQ(enabled->failed_in_a_row, 0);
  deliver();
  EXPECT_EQ(receivers_.posted.size(), 4U);
  EXPECT_EQ(log(id)[1].state, DeliveryState::delivered);
}

TEST_F(WebhooksTest, OneThatWasDisabledByHandSaysSo) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  EXPECT_EQ(enable(id, false)->disabled_reason, "Disabled by hand.");
  tell();
  EXPECT_EQ(deliver(), std::nullopt);
  EXPECT_TRUE(log(id).empty());
}

TEST_F(WebhooksTest, ASlowReceiverHoldsUpNobodyElse) {
  const std::string slow = "https://slow.example.com", quick = "https://quick.example.com";
  const WebhookEndpointId slow_id = endpoint({}, slow).endpoint.id;
  const WebhookEndpointId quick_id = endpoint({}, quick).endpoint.id;
  receivers_.held_url = slow;
  for (int i = 0; i < 3; ++i) tell();
  int to_slow = 0, to_quick = 0;
  receivers_.answer = [&](const Posted& posted) {
    (posted.url == slow ? to_slow : to_quick) += 1;
    if (to_quick == 3 && receivers_.release) {
      EXPECT_EQ(to_slow, 1) << "one at a time to an endpoint";
      receivers_.held_url.clear();
      std::exchange(receivers_.release, nullptr)();
    }
    return WebhookOutcome{200, {}};
  };
  EXPECT_EQ(deliver(), std::nullopt);
  EXPECT_EQ(to_slow, 3);
  EXPECT_EQ(log(slow_id)[0].state, DeliveryState::delivered);
  EXPECT_EQ(log(quick_id)[0].state, DeliveryState::delivered);
}

TEST_F(WebhooksTest, TheOneThatWaitedLongestForItsTurnComesFirst) {
  for (int i = 0; i < 5; ++i) endpoint({}, fmt::format("https://example.com/{}", i));
  tell();
  tell();
  deliver();
  ASSERT_EQ(receivers_.posted.size(), 10U);
  std::set<std::string> first;
  for (std::size_t i = 0; i < 5; ++i) first.insert(receivers_.posted[i].url);
  EXPECT_EQ(first.size(), 5U) << "nobody has a second turn before everybody had one";
}

TEST_F(WebhooksTest, TheSecretIsSealedAnewUnderAnotherMasterKey) {
  const MadeEndpoint made = endpoint();
  world_.keyring.begin_rotation(crypto::MasterKey::generate());
  const store::Reseal reseal = [this](const std::string& row,
                                      const store::Bytes& sealed) -> Result<std::optional<store::Bytes>> {
    const Result<Secret> plain = world_.keyring.open(sealed, row);
    if (!plain) return std::unexpected(plain.error());
    return world_.keyring.seal(*plain, row);
  };
  const auto all = [&reseal](store::Transaction& transaction) -> Result<std::int64_t> {
    store::SealedCursor cursor;
    while (!cursor.done) {
      const Result<void> passed = store::SealedStore::pass(transaction, cursor, 10, reseal);
      if (!passed) return std::unexpected(passed.error());
    }
    return cursor.seen;
  };
  ASSERT_EQ(world_.store->writer().run_blocking<std::int64_t>(all), 1);
  world_.keyring.finish_rotation();
  tell();
  deliver();
  ASSERT_EQ(receivers_.posted.size(), 1U);
  const Posted& posted = receivers_.posted.front();
  const std::int64_t now = to_millis(world_.clock.now()) / 1'000;
  EXPECT_EQ(posted.signature, sign_webhook(made.secret, posted.message_id, now, posted.body).value());
}

TEST_F(WebhooksTest, ResendingSendsTheSameMessageAgain) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  tell();
  deliver();
  const Result<WebhookDelivery> again = run(webhooks_->resend(kOwner, log(id)[0].id));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->state, DeliveryState::pending);
  EXPECT_EQ(again->attempts, 0);
  deliver();
  ASSERT_EQ(receivers_.posted.size(), 2U);
  EXPECT_EQ(receivers_.posted[0].message_id, receivers_.posted[1].message_id);
  EXPECT_EQ(log(id).size(), 2U) << "both are in the log";
}

TEST_F(WebhooksTest, ResendingWhatIsPendingTriesItNow) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  receivers_.all_answer(503);
  tell();
  deliver();
  receivers_.all_answer(200);
  const Result<WebhookDelivery> again = run(webhooks_->resend(kOwner, log(id)[0].id));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, log(id)[0].id);
  deliver();
  EXPECT_EQ(log(id).size(), 1U);
  EXPECT_EQ(log(id)[0].state, DeliveryState::delivered);
  EXPECT_EQ(log(id)[0].attempts, 2);
}

TEST_F(WebhooksTest, ATestIsSentOnceAndAnswersHowItWent) {
  const WebhookEndpointId id = endpoint({"invoice.paid"}).endpoint.id;
  receivers_.all_answer(302);
  const Result<WebhookDelivery> failed = run(webhooks_->test(kOwner, id));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->topic, "test");
  EXPECT_EQ(failed->state, DeliveryState::failed);
  EXPECT_EQ(failed->last_status, 302);
  EXPECT_EQ(deliver(), std::nullopt) << "and is not repeated";
  receivers_.all_answer(200);
  enable(id, false).value();
  const Result<WebhookDelivery> delivered = run(webhooks_->test(kOwner, id));
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->state, DeliveryState::delivered) << "also while it is disabled";
  EXPECT_EQ(receivers_.posted.size(), 2U);
  EXPECT_EQ(log(id).size(), 2U);
}

TEST_F(WebhooksTest, ANewSecretSignsAllThatIsSentFromThenOn) {
  const MadeEndpoint made = endpoint();
  tell();
  const Result<MadeEndpoint> renewed = run(webhooks_->renew_secret(kOwner, made.endpoint.id));
  ASSERT_TRUE(renewed);
  EXPECT_NE(renewed->secret.reveal(), made.secret.reveal());
  deliver();
  const Posted& posted = receivers_.posted.front();
  const std::int64_t now = to_millis(world_.clock.now()) / 1'000;
  EXPECT_EQ(posted.signature, sign_webhook(renewed->secret, posted.message_id, now, posted.body).value());
}

TEST_F(WebhooksTest, RemovingTakesTheDeliveriesAlong) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  tell();
  ASSERT_TRUE(run(webhooks_->remove(kOwner, id)));
  EXPECT_EQ(deliver(), std::nullopt);
  EXPECT_TRUE(receivers_.posted.empty());
  EXPECT_TRUE(run(webhooks_->list())->empty());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM webhook_deliveries"), 0);
}

TEST_F(WebhooksTest, EachMistakeHasItsOwnCodeAndChangesNothing) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  tell();
  const WebhookDeliveryId pending = log(id)[0].id;
  enable(id, false).value();
  const WebhookEndpointId nobody{99};
  const auto reason = [](const auto& result) { return result ? "" : result.error().reason; };
  const auto make = [&](EndpointDraft draft) { return reason(run(webhooks_->create(kOwner, std::move(draft), {}))); };
  const auto change = [&](EndpointPatch patch) { return reason(run(webhooks_->update(kOwner, id, std::move(patch)))); };
  EXPECT_EQ(make({.url = "ftp://example.com"}), "malformed_url");
  EXPECT_EQ(make({.url = kUrl, .topics = {"invoice.paid", "invoice.eaten"}}), "unknown_value");
  EXPECT_EQ(make({.url = kUrl, .topics = std::vector<std::string>(51, "invoice.paid")}), "too_many");
  EXPECT_EQ(make({.url = kUrl, .description = std::string(201, 'a')}), "too_long");
  EXPECT_EQ(make({.url = kUrl, .description = "a\nb"}), "control_characters");
  EXPECT_EQ(change({.url = "nonsense"}), "malformed_url");
  EXPECT_EQ(change({.topics = std::vector<std::string>{"Invoice.Paid"}}), "unknown_value");
  EXPECT_EQ(change({.description = std::string(201, 'a')}), "too_long");
  EXPECT_EQ(reason(run(webhooks_->get(nobody))), "unknown_webhook");
  EXPECT_EQ(reason(run(webhooks_->update(kOwner, nobody, {}))), "unknown_webhook");
  EXPECT_EQ(reason(run(webhooks_->remove(kOwner, nobody))), "unknown_webhook");
  EXPECT_EQ(reason(run(webhooks_->renew_secret(kOwner, nobody))), "unknown_webhook");
  EXPECT_EQ(reason(run(webhooks_->test(kOwner, nobody))), "unknown_webhook");
  EXPECT_EQ(reason(run(webhooks_->deliveries({.endpoint_id = nobody}))), "unknown_webhook");
  EXPECT_EQ(reason(run(webhooks_->resend(kOwner, WebhookDeliveryId{99}))), "unknown_delivery");
  EXPECT_EQ(reason(run(webhooks_->resend(kOwner, pending))), "endpoint_disabled");
  EXPECT_EQ(run(webhooks_->list())->size(), 1U);
  EXPECT_EQ(read(id).url, kUrl);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM audit_log WHERE action LIKE 'webhooks.%'"), 2) << "made and disabled";
  for (std::size_t i = 1; i < Webhooks::kEndpointsMax; ++i) EXPECT_EQ(make({.url = kUrl}), "");
  EXPECT_EQ(make({.url = kUrl}), "too_many_endpoints");
}

TEST_F(WebhooksTest, OldDeliveriesAreForgotten) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  tell();
  deliver();
  world_.clock.advance(Webhooks::kKept);
  tell();
  EXPECT_EQ(run(webhooks_->forget_old()), 0) << "ninety days are not over";
  world_.clock.advance(milliseconds{1});
  EXPECT_EQ(run(webhooks_->forget_old()), 1);
  EXPECT_EQ(log(id).size(), 1U);
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM webhook_messages"), 1);
}

TEST_F(WebhooksTest, AnEndpointWhoseQueueIsFullIsDisabled) {
  const WebhookEndpointId id = endpoint().endpoint.id;
  tell();
  const auto fill = [](store::Transaction& transaction) {
    return transaction.connection().run_script(fmt::format(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) INSERT INTO webhook_deliveries "
        "(message_id, endpoint_id, state, attempts, next_attempt_at, last_error, created_at) "
        "SELECT message_id, endpoint_id, state, attempts, next_attempt_at, '', created_at FROM webhook_deliveries, n",
        WebhookQueue::kPendingMax - 2));
  };
  ASSERT_TRUE(world_.store->writer().run_blocking<void>(fill));
  tell();
  EXPECT_TRUE(read(id).enabled) << "as many as there may be";
  tell();
  EXPECT_FALSE(read(id).enabled);
  EXPECT_NE(read(id).disabled_reason.find("100000"), std::string::npos);
}

TEST_F(WebhooksTest, ThoseWhoListenHearThatSomethingWasDelivered) {
  endpoint();
  const auto listener = events_.subscribe().value();
  tell();
  deliver();
  const Subscription::Next next = run(listener->next(milliseconds{0}));
  ASSERT_EQ(next.outcome, Subscription::Outcome::event);
  EXPECT_EQ(next.event.resources, std::vector<std::string>{"webhooks"});
}

TEST(WebhookTopics, AreWrittenWithADotAndReadBack) {
  EXPECT_EQ(topic_text(WebhookTopic::invoice_finalised), "invoice.finalised");
  EXPECT_EQ(parse_topic("limit.reached").value(), WebhookTopic::limit_reached);
  const Result<WebhookTopic> unknown = parse_topic("limit_reached");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().reason, "unknown_value");
  EXPECT_NE(unknown.error().message.find("budget.reached"), std::string::npos);
}

TEST(WebhookSignature, IsThatOfTheStandardWebhooksSpecification) {
  // The example of the specification's reference implementations.
  const Secret secret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  EXPECT_EQ(sign_webhook(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330, R"({"test": 2432232314})").value(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

}  // namespace
}  // namespace keyledger::service
