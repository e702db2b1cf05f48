#include "app/demo/customers.h"

#include <fmt/format.h>

namespace keyledger::app {
namespace {

using std::chrono::days;

struct KeyPlan {
  const char* customer;
  const char* email;
  const char* limit;
  const char* notes;
  int calls_a_day;
  int age_days;
  bool revoked;
};

constexpr KeyPlan kKeys[] = {
    {"Harbour Analytics", "ops@harbour.example", "500", "Renews every spring.", 210, 58, false},
    {"Foldwise", "team@foldwise.example", "250", "", 285, 51, false},
    {"Tindal & Rowe", "it@tindal-rowe.example", "100", "Invoice to accounts@tindal-rowe.example.", 64, 47, false},
    {"Kestrel Maps", "dev@kestrelmaps.example", "100", "", 150, 44, false},
    {"Old Pier Studio", "hello@oldpier.example", "100", "Trial.", 30, 40, true},
    {"Lantern Books", "web@lantern.example", "0", "No daily limit, by contract.", 150, 36, false},
    {"Northgate Research", "lab@northgate.example", "500", "", 90, 29, false},
    {"Marrow & Vine", "shop@marrowvine.example", "100", "", 22, 22, false},
    {"Harbour Analytics", "ops@harbour.example", "1000", "Night jobs.", 320, 18, false},
    {"Cobalt Press", "desk@cobalt.example", "100", "", 8, 9, false},
    {"Ferry Street Labs", "hi@ferrystreet.example", "100", "Not in use yet.", 0, 2, false},
};

struct WebsitePlan {
  const char* name;
  const char* url;
  const char* description;
  int hours;
  int popularity;
  int accounts;
};

constexpr WebsitePlan kWebsites[] = {
    {"Sitescope", "https://sitescope.example", "Search rankings and audits", 2, 8, 6},
    {"Rankfield", "https://rankfield.example", "Backlinks", 4, 5, 4},
    {"Statbook", "https://statbook.example", "Market figures", 24, 3, 3},
    {"Wordloom", "https://wordloom.example", "Writing assistant", 1, 2, 2},
};
constexpr const char* kSeats[] = {"team", "office", "research", "seat 4", "seat 5", "seat 6"};

Result<std::int64_t> id_of(const Result<Answer>& made, const char* field = "id") {
  if (!made) return std::unexpected(made.error());
  return made->value[field].integer().value_or(0);
}

Result<DemoCustomerKey> make_key(ApiClient& api, const KeyPlan& plan) {
  const bool second = std::string_view{plan.notes} == "Night jobs.";
  Body body;
  body.text("name", plan.customer).text("email", plan.email).number("rate_limit", plan.limit).text("notes", plan.notes);
  const Result<Answer> made = api.post(Target{"/api/customer-keys"}, body.take());
  const Result<std::int64_t> id = id_of(made);
  if (!id) return std::unexpected(id.error());
  const Result<std::int64_t> customer = id_of(made, "customer_id");
  if (!customer) return std::unexpected(customer.error());
  const std::string path = "/api/customer-keys/" + std::to_string(*id);
  if (second) {
    const Result<Answer> named = api.put(Target{path}, Body{}.text("name", "Harbour, night jobs").take());
    if (!named) return std::unexpected(named.error());
  }
  if (plan.revoked) {
    const Result<Answer> revoked = api.post(Target{path + "/revoke"}, "");
    if (!revoked) return std::unexpected(revoked.error());
  }
  return DemoCustomerKey{.id = CustomerKeyId{*id},
                         .customer_id = CustomerId{*customer},
                         .calls_a_day = plan.calls_a_day,
                         .daily_limit = std::atoll(plan.limit),
                         .age = days{plan.age_days},
                         .revoked = plan.revoked};
}

Result<RentalAccountId> make_rental_account(ApiClient& api, const WebsitePlan& website, int seat) {
  Body body;
  body.text("website", website.name).text("username", kSeats[seat]);
  body.text("email", fmt::format("{}-{}@shared.example", seat + 1, website.hours));
  body.text("password", fmt::format("made-up-{}-{}", website.name, seat + 1));
  const Result<std::int64_t> id = id_of(api.post(Target{"/api/rental-accounts"}, body.take()));
  if (!id) return std::unexpected(id.error());
  return RentalAccountId{*id};
}

Result<DemoWebsite> make_website(ApiClient& api, const WebsitePlan& plan) {
  Body body;
  body.text("name", plan.name).text("url", plan.url).text("description", plan.description);
  body.number("validity_hours", std::to_string(plan.hours));
  const Result<std::int64_t> id = id_of(api.post(Target{"/api/websites"}, body.take()));
  if (!id) return std::unexpected(id.error());
  DemoWebsite website{WebsiteId{*id}, std::chrono::hours{plan.hours}, plan.popularity, {}};
  for (int seat = 0; seat < plan.accounts; ++seat) {
    const Result<RentalAccountId> account = make_rental_account(api, plan, seat);
    if (!account) return std::unexpected(account.error());
    website.accounts.push_back(*account);
  }
  return website;
}

/// One account of the first website cannot be rented for now.
Result<void> put_one_aside(ApiClient& api, DemoWebsite& website) {
  const std::string id = std::to_string(website.accounts.back().value);
  website.accounts.pop_back();
  const Result<Answer> aside = api.post(Target{"/api/rental-accounts/" + id + "/exception"},
                                        Body{}.text("reason", "Asks for a code by phone since the 14th").take());
  if (!aside) return std::unexpected(aside.error());
  return {};
}

}  // namespace

Result<DemoCustomers> make_demo_customers(ApiClient& api) {
  DemoCustomers made;
  for (const WebsitePlan& plan : kWebsites) {
    Result<DemoWebsite> website = make_website(api, plan);
    if (!website) return std::unexpected(website.error());
    made.websites.push_back(std::move(*website));
  }
  const Result<void> aside = put_one_aside(api, made.websites.front());
  if (!aside) return std::unexpected(aside.error());
  for (const KeyPlan& plan : kKeys) {
    Result<DemoCustomerKey> key = make_key(api, plan);
    if (!key) return std::unexpected(key.error());
    made.keys.push_back(*key);
  }
  return made;
}

}  // namespace keyledger::app
