#include "service/settings.h"

#include <gtest/gtest.h>

#include "service/audit.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

using testing::kOwner;
using testing::run;
using testing::World;

bool known_zone(const std::string& name) {
  return name == "Europe/Berlin";
}

struct SettingsTest : ::testing::Test {
  InstallationSettings settings(SettingsShown configured = {.timezone = "UTC"}) {
    return {world_.core(), std::move(configured), &known_zone};
  }
  World world_{};
};

TEST_F(SettingsTest, EventsAreKeptForEverUnlessToldOtherwise) {
  InstallationSettings fresh = settings();
  ASSERT_TRUE(fresh.prepare());
  EXPECT_EQ(fresh.get().retention_months, 0);
}

TEST_F(SettingsTest, WhatIsChangedSurvivesARestart) {
  InstallationSettings before = settings();
  ASSERT_TRUE(before.prepare());
  const auto changed = run(before.update(kOwner, {.timezone = "Europe/Berlin", .retention_months = 12}));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->timezone, "Europe/Berlin");
  EXPECT_EQ(changed->retention_months, 12);
  world_.reopen();
  InstallationSettings after = settings();
  ASSERT_TRUE(after.prepare());
  EXPECT_EQ(after.get().timezone, "Europe/Berlin");
  EXPECT_EQ(after.get().retention_months, 12);
}

TEST_F(SettingsTest, EachChangeIsInTheAuditLogAndNoChangeIsNot) {
  InstallationSettings changing = settings();
  ASSERT_TRUE(run(changing.update(kOwner, {})));
  EXPECT_EQ(run(Audit{world_.core()}.list({}))->count, 0);
  ASSERT_TRUE(run(changing.update(kOwner, {.timezone = "Europe/Berlin", .retention_months = 3})));
  const auto listed = run(Audit{world_.core()}.list({}));
  ASSERT_TRUE(listed);
  const std::vector<AuditLine>& lines = listed->rows;
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines.front().action, "settings.update");
  EXPECT_EQ(lines.front().subject, "settings/retention_months");
  EXPECT_EQ(lines.front().details.at("retention_months"), "3");
}

TEST_F(SettingsTest, MonthsAreWithinTheirRange) {
  for (const std::int64_t months : {0, 1, 1'200}) {
    InstallationSettings changing = settings();
    EXPECT_TRUE(run(changing.update(kOwner, {.retention_months = months})));
  }
  for (const std::int64_t months : {-1, 1'201}) {
    InstallationSettings changing = settings();
    const auto refused = run(changing.update(kOwner, {.timezone = "Europe/Berlin", .retention_months = months}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "out_of_range");
    EXPECT_EQ(refused.error().field, "retention_months");
    EXPECT_EQ(changing.get().timezone, "UTC") << "nothing is changed";
  }
}

TEST_F(SettingsTest, WhatInvoicesSayOfTheSellerSurvivesARestart) {
  InstallationSettings before = settings();
  ASSERT_TRUE(before.prepare());
  EXPECT_EQ(before.get().payment_days, 14);
  EXPECT_EQ(before.get().arrears_days, 0);
  ASSERT_TRUE(run(before.update(kOwner, {.seller_name = " Seller Ltd ",
                                         .seller_address = "1 High Street\nTown",
                                         .seller_tax_id = "S-1",
                                         .invoice_footer = "Thank you.",
                                         .payment_days = 30,
                                         .arrears_days = 7})));
  EXPECT_EQ(before.get().seller_name, "Seller Ltd");
  world_.reopen();
  InstallationSettings after = settings();
  ASSERT_TRUE(after.prepare());
  EXPECT_EQ(after.get().seller_name, "Seller Ltd");
  EXPECT_EQ(after.get().seller_address, "1 High Street\nTown");
  EXPECT_EQ(after.get().seller_tax_id, "S-1");
  EXPECT_EQ(after.get().invoice_footer, "Thank you.");
  EXPECT_EQ(after.get().payment_days, 30);
  EXPECT_EQ(after.get().arrears_days, 7);
}

TEST_F(SettingsTest, WhatInvoicesSayHasItsBounds) {
  const struct {
    SettingsPatch patch;
    const char *field, *reason;
  } cases[] = {
      {{.seller_name = std::string(201, 'x')}, "seller_name", "too_long"},
      {{.seller_name = "two\nlines"}, "seller_name", "control_characters"},
      {{.seller_address = std::string(1'001, 'x')}, "seller_address", "too_long"},
      {{.seller_tax_id = std::string(101, 'x')}, "seller_tax_id", "too_long"},
      {{.invoice_footer = std::string(2'001, 'x')}, "invoice_footer", "too_long"},
      {{.payment_days = -1}, "payment_days", "out_of_range"},
      {{.payment_days = 366}, "payment_days", "out_of_range"},
      {{.arrears_days = -1}, "arrears_days", "out_of_range"},
      {{.arrears_days = 366}, "arrears_days", "out_of_range"},
  };
  InstallationSettings changing = settings();
  for (const auto& each : cases) {
    const auto refused = run(changing.update(kOwner, each.patch));
    ASSERT_FALSE(refused) << each.field;
    EXPECT_EQ(refused.error().reason, each.reason);
    EXPECT_EQ(refused.error().field, each.field);
  }
  EXPECT_TRUE(run(changing.update(kOwner, {.payment_days = 0, .arrears_days = 365})));
}

TEST_F(SettingsTest, ThePrefixOfKeysAndTheIntervalOfTheSyncCanBeChangedAndSurviveARestart) {
  InstallationSettings before = settings();
  ASSERT_TRUE(before.prepare());
  EXPECT_EQ(before.get().key_prefix, "urt_");
  ASSERT_TRUE(run(before.update(kOwner, {.sync_interval_seconds = 60, .key_prefix = "acme_"})));
  world_.reopen();
  InstallationSettings after = settings();
  ASSERT_TRUE(after.prepare());
  EXPECT_EQ(after.get().key_prefix, "acme_");
  EXPECT_EQ(after.get().sync_interval_seconds, 60);
  InstallationSettings fixed =
      settings({.timezone = "UTC", .key_prefix = "shop_", .fixed = {"key_prefix", "sync_interval_seconds"}});
  ASSERT_TRUE(fixed.prepare());
  EXPECT_EQ(fixed.get().key_prefix, "shop_") << "what is stored does not overrule the configuration";
  EXPECT_EQ(fixed.get().sync_interval_seconds, 900);
}

TEST_F(SettingsTest, APrefixAndAnIntervalAreRefusedWithTheirField) {
  for (const char* bad : {"", "_", "Acme_", "acme", "a-b_", "abcdefghijklmnopq_"}) {
    InstallationSettings changing = settings();
    const auto refused = run(changing.update(kOwner, {.key_prefix = bad}));
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().reason, "malformed_prefix");
    EXPECT_EQ(refused.error().field, "key_prefix");
  }
  for (const std::int64_t seconds : {59, 604'801}) {
    InstallationSettings changing = settings();
    const auto refused = run(changing.update(kOwner, {.sync_interval_seconds = seconds}));
    EXPECT_EQ(refused.error().reason, "out_of_range");
    EXPECT_EQ(refused.error().field, "sync_interval_seconds");
  }
  InstallationSettings fixed = settings({.timezone = "UTC", .fixed = {"key_prefix", "sync_interval_seconds"}});
  EXPECT_EQ(run(fixed.update(kOwner, {.key_prefix = "acme_"})).error().reason, "fixed_by_configuration");
  const auto interval = run(fixed.update(kOwner, {.sync_interval_seconds = 60}));
  EXPECT_EQ(interval.error().reason, "fixed_by_configuration");
  EXPECT_EQ(interval.error().field, "sync_interval_seconds");
}

TEST_F(SettingsTest, AZoneIsKnownAndNotFixedByTheConfiguration) {
  InstallationSettings open = settings();
  EXPECT_EQ(run(open.update(kOwner, {.timezone = "Mars/Olympus"})).error().reason, "unknown_timezone");
  InstallationSettings fixed = settings({.timezone = "UTC", .fixed = {"timezone"}});
  EXPECT_EQ(run(fixed.update(kOwner, {.timezone = "Europe/Berlin"})).error().reason, "fixed_by_configuration");
  EXPECT_TRUE(run(fixed.update(kOwner, {.retention_months = 3})));
}

TEST_F(SettingsTest, BackupsAreOffUntilSomebodyWantsThem) {
  InstallationSettings fresh = settings();
  ASSERT_TRUE(fresh.prepare());
  EXPECT_EQ(fresh.get().backup_every_hours, 0);
  EXPECT_EQ(fresh.get().backup_keep, 7);
  ASSERT_TRUE(run(fresh.update(kOwner, {.backup_every_hours = 24, .backup_keep = 30})));
  world_.reopen();
  InstallationSettings after = settings();
  ASSERT_TRUE(after.prepare());
  EXPECT_EQ(after.get().backup_every_hours, 24);
  EXPECT_EQ(after.get().backup_keep, 30);
}

TEST_F(SettingsTest, HowOftenAndHowManyBackupsAreWithinTheirRanges) {
  InstallationSettings changing = settings();
  for (const std::int64_t hours : {0, 1, 8'760})
    EXPECT_TRUE(run(changing.update(kOwner, {.backup_every_hours = hours})));
  for (const std::int64_t keep : {1, 10'000}) EXPECT_TRUE(run(changing.update(kOwner, {.backup_keep = keep})));
  for (const std::int64_t hours : {-1, 8'761}) {
    const auto refused = run(changing.update(kOwner, {.backup_every_hours = hours}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "backup_every_hours");
  }
  for (const std::int64_t keep : {0, 10'001}) {
    const auto refused = run(changing.update(kOwner, {.backup_keep = keep}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "backup_keep");
  }
}

}  // namespace
}  // namespace keyledger::service
