#include "app/demo/billing.h"

#include <fmt/format.h>

#include <map>

#include "app/commands.h"

namespace keyledger::app {
namespace {

constexpr const char* kFirstOfMonth = "1";

struct Agreed {
  const char* email;
  const char* billing_name;  // empty: the customer's
  const char* plan;
  const char* price;  // by hand; empty: the plan's
  const char* address;
  const char* tax_id;
  const char* tax_rate;
};

constexpr Agreed kAgreed[] = {
    {"ops@harbour.example", "Harbour Analytics Ltd", "Pro", "", "4 Quay Street\nBristol BS1 4DJ", "GB 123 4567 89",
     "20"},
    {"team@foldwise.example", "Foldwise GmbH", "Growth", "", "Lindenallee 12\n20259 Hamburg", "DE 811 222 333", "19"},
    {"it@tindal-rowe.example", "Tindal & Rowe LLP", "Basic", "", "88 Fleet Lane\nLondon EC4M 7RD", "", "20"},
    {"dev@kestrelmaps.example", "", "Subscription with overage", "", "1204 Pine Ave\nPortland, OR 97205", "", "0"},
    {"web@lantern.example", "Lantern Books AB", "Enterprise", "450", "Storgatan 3\n411 24 Gothenburg",
     "SE 556677889901", "25"},
    {"lab@northgate.example", "", "Pay per use", "", "19 Hill Road\nDunedin 9016", "", "15"},
    {"shop@marrowvine.example", "", "Subscription with overage", "", "7 Orchard Row\nCork T12 X4Y", "", "23"},
    {"desk@cobalt.example", "", "Basic", "", "", "", "0"},
};

/// The body of an error, or that there is none.
Result<void> done(const Result<Answer>& answer) {
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<void> tell_seller(ApiClient& api) {
  Body seller;
  seller.text("seller_name", "Fernbridge Keys Ltd")
      .text("seller_address", "22 Weir Lane\nNorwich NR3 1AB\nUnited Kingdom");
  seller.text("seller_tax_id", "GB 987 6543 21");
  seller.text(
      "invoice_footer",
      "Please pay by transfer to Fernbridge Keys Ltd, GB29 DEMO 0000 0000 0000 00, with the number as reference.");
  return done(api.put(Target{"/api/settings"}, seller.take()));
}

Result<void> make_growth_plan(ApiClient& api) {
  Body plan;
  plan.text("name", "Growth").text("description", "For teams whose use goes up and down.").text("monthly_price", "49");
  plan.raw("charges", R"([{"metric":"requests","included":3000,"tiers":[{"from":1,"up_to":2000,"unit_price":"0.012"},)"
                      R"({"from":2001,"unit_price":"0.009"}]}])");
  plan.raw("limits", R"([{"metric":"requests","window":"day","amount":250}])");
  return done(api.post(Target{"/api/plans"}, plan.take()));
}

using Ids = std::map<std::string, std::string, std::less<>>;

/// Ids of a list by a text of its rows.
Result<Ids> ids_by(ApiClient& api, const char* list, const char* field) {
  const Result<Answer> all = api.get_all(Target{list});
  if (!all) return std::unexpected(all.error());
  Ids ids;
  for (const json::Value& row : all->value["data"].items()) {
    ids.emplace(row[field].text().value_or(""), std::to_string(row["id"].integer().value_or(0)));
  }
  return ids;
}

Result<void> subscribe(ApiClient& api, const Agreed& agreed, const std::string& customer, const std::string& plan,
                       const std::string& starts) {
  Body details;
  details.text("billing_name", agreed.billing_name)
      .text("address", agreed.address)
      .text("tax_id", agreed.tax_id)
      .text("tax_rate", agreed.tax_rate);
  const Result<void> told = done(api.put(path("/api/customers/", customer, "/billing"), details.take()));
  if (!told) return told;
  Body body;
  body.number("customer_id", customer).number("plan_id", plan).text("starts", starts).number("anchor", kFirstOfMonth);
  if (*agreed.price != '\0') body.text("monthly_price", agreed.price);
  return done(api.post(Target{"/api/subscriptions"}, body.take()));
}

/// Since when each customer has had a key.
std::map<std::string, std::chrono::days> ages_of(const DemoCustomers& customers) {
  std::map<std::string, std::chrono::days> ages;
  for (const DemoCustomerKey& key : customers.keys) {
    std::chrono::days& age = ages[std::to_string(key.customer_id.value)];
    age = std::max(age, key.age);
  }
  return ages;
}

Result<std::vector<std::string>> drafts(ApiClient& api) {
  const Result<Answer> all = api.get_all(Target{"/api/invoices"}.with("state", "draft").with("sort", "period"));
  if (!all) return std::unexpected(all.error());
  std::vector<std::string> ids;
  for (const json::Value& row : all->value["data"].items())
    ids.push_back(std::to_string(row["id"].integer().value_or(0)));
  return ids;
}

Result<void> credit_a_part(ApiClient& api, const std::string& id) {
  Body credit;
  credit.text("total", "5.00").text("reason", "Two days of outage in the first week, as agreed by phone.");
  return done(api.post(path("/api/invoices/", id, "/credit"), credit.take()));
}

}  // namespace

Result<void> subscribe_demo_customers(ApiClient& api, const DemoCustomers& customers, Instant now) {
  Result<void> made = tell_seller(api);
  if (made) made = make_growth_plan(api);
  if (!made) return made;
  const Result<Ids> plans = ids_by(api, "/api/plans", "name");
  if (!plans) return std::unexpected(plans.error());
  const Result<Ids> people = ids_by(api, "/api/customers", "email");
  if (!people) return std::unexpected(people.error());
  const std::map<std::string, std::chrono::days> ages = ages_of(customers);
  for (const Agreed& agreed : kAgreed) {
    const std::string& customer = people->at(agreed.email);
    const Day starts{std::chrono::floor<std::chrono::days>(now - ages.at(customer))};
    made = subscribe(api, agreed, customer, plans->at(agreed.plan), to_string(starts));
    if (!made) return made;
  }
  return {};
}

Result<void> bill_demo_customers(ApiClient& api) {
  constexpr std::size_t kLeft = 2, kUnpaid = 3;
  const Result<std::vector<std::string>> ids = drafts(api);
  if (!ids) return std::unexpected(ids.error());
  const std::size_t final = ids->size() > kLeft ? ids->size() - kLeft : 0;
  for (std::size_t i = 0; i < final; ++i) {
    const Result<void> finalised = done(api.post(path("/api/invoices/", (*ids)[i], "/finalise"), ""));
    if (!finalised) return finalised;
    const Result<Answer> invoice = api.get(path("/api/invoices/", (*ids)[i]));
    if (!invoice) return std::unexpected(invoice.error());
    const bool open = invoice->value["state"].text() == "final";
    Result<void> settled{};
    if (open && i + kUnpaid < final) {
      settled = done(api.post(path("/api/invoices/", (*ids)[i], "/pay"), Body{}.text("note", "Bank transfer").take()));
    } else if (open && i + 1 == final) {
      settled = credit_a_part(api, (*ids)[i]);
    }
    if (!settled) return settled;
  }
  return {};
}

}  // namespace keyledger::app
