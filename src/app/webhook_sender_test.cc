#include "app/webhook_sender.h"

#include <gtest/gtest.h>

#include "service/testing.h"

namespace keyledger::app {
namespace {

using service::testing::run;

std::string reason(HttpWebhookSender& sender, std::string url) {
  const Result<void> checked = run(sender.check(std::move(url)));
  if (checked) return "";
  EXPECT_EQ(checked.error().field, "url");
  EXPECT_EQ(checked.error().code, Code::invalid_argument);
  return checked.error().reason;
}

TEST(WebhookPayload, HasTypeTimeAndDataInTheOrderOfTheFacts) {
  const Instant at = parse_rfc3339("2026-11-21T20:14:05Z").value();
  EXPECT_EQ(webhook_payload("invoice.paid", at,
                            {{"number", "2026-0001"},
                             {"invoice_id", std::int64_t{7}},
                             {"overdue", false},
                             {"total", Money{Currency::parse("EUR").value(), 12'340'000'000}},
                             {"paid_at", at},
                             {"note", nullptr}}),
            R"({"type":"invoice.paid","timestamp":"2026-11-21T20:14:05Z","data":{"number":"2026-0001","invoice_id":7,)"
            R"("overdue":false,"total":{"amount":"12.340000000","currency":"EUR"},"paid_at":"2026-11-21T20:14:05Z",)"
            R"("note":null}})");
}

TEST(HttpWebhookSender, RefusesWhatIsNoAddressOrLeadsInside) {
  const net::Client client{{}};
  HttpWebhookSender sender{&client, false};
  const struct {
    const char* url;
    const char* reason;
  } cases[] = {
      {"https://8.8.8.8/hook?x=1", ""},
      {"https://[2606:4700::1111]:8443", ""},
      {"", "malformed_url"},
      {"example.com", "malformed_url"},
      {"ftp://example.com", "malformed_url"},
      {"https://", "malformed_url"},
      {"https://user:word@example.com", "malformed_url"},
      {"https://example.com/a b", "malformed_url"},
      {"https://example.com/#part", "malformed_url"},
      {"https://example.com/\xc3\xa9", "malformed_url"},
      {"http://8.8.8.8/hook", "insecure_url"},
      {"http://192.168.1.1/hook", "insecure_url"},
      {"http://127.0.0.1:8080/hook", "private_address"},
      {"http://localhost/hook", "private_address"},
      {"https://127.0.0.2", "private_address"},
      {"https://[::1]/", "private_address"},
      {"https://[::ffff:10.0.0.1]/", "private_address"},
      {"https://10.1.2.3/", "private_address"},
      {"https://172.31.0.1/", "private_address"},
      {"https://192.168.0.1/", "private_address"},
      {"https://169.254.169.254/latest/meta-data", "private_address"},
      {"https://[fe80::1]/", "private_address"},
      {"https://[fd12::1]/", "private_address"},
      {"https://0.0.0.0/", "private_address"},
      {"https://2130706433/", "private_address"},  // 127.0.0.1 to a resolver
      {"https://0x7f.1/", "private_address"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.url);
    EXPECT_EQ(reason(sender, c.url), c.reason);
  }
  EXPECT_EQ(reason(sender, "https://example.com/" + std::string(2'048, 'a')), "malformed_url");
}

TEST(HttpWebhookSender, TakesThemWhereTheOperatorAllowsIt) {
  const net::Client client{{.allow_private_addresses = true}};
  HttpWebhookSender sender{&client, true};
  EXPECT_EQ(reason(sender, "http://127.0.0.1:8080/hook"), "");
  EXPECT_EQ(reason(sender, "https://10.1.2.3/"), "");
  EXPECT_EQ(reason(sender, "http://10.1.2.3/"), "insecure_url");
}

TEST(HttpWebhookSender, NeverCallsWhatItWouldRefuse) {
  const net::Client client{{}};
  HttpWebhookSender sender{&client, false};
  const service::WebhookOutcome outcome = run(sender.post("http://127.0.0.1:1/", "{}", "msg_1", "1", "v1,x"));
  EXPECT_EQ(outcome.status, std::nullopt);
  EXPECT_NE(outcome.error.find("--allow-private-addresses"), std::string::npos);
}

}  // namespace
}  // namespace keyledger::app
