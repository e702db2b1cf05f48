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
  EXPECT_EQ(run(Audit{world_.core()}.list({}))->size(), 0U);
  ASSERT_TRUE(run(changing.update(kOwner, {.timezone = "Europe/Berlin", .retention_months = 3})));
  const auto lines = run(Audit{world_.core()}.list({}));
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ(lines->front().action, "settings.update");
  EXPECT_EQ(lines->front().subject, "settings/retention_months");
  EXPECT_EQ(lines->front().details.at("retention_months"), "3");
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

TEST_F(SettingsTest, AZoneIsKnownAndNotFixedByTheConfiguration) {
  InstallationSettings open = settings();
  EXPECT_EQ(run(open.update(kOwner, {.timezone = "Mars/Olympus"})).error().reason, "unknown_timezone");
  InstallationSettings fixed = settings({.timezone = "UTC", .fixed = {"timezone"}});
  EXPECT_EQ(run(fixed.update(kOwner, {.timezone = "Europe/Berlin"})).error().reason, "fixed_by_configuration");
  EXPECT_TRUE(run(fixed.update(kOwner, {.retention_months = 3})));
}

}  // namespace
}  // namespace keyledger::service
