#include "app/background.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

namespace keyledger::app {
namespace {

TEST(Background, WhatWasHandedInIsDoneBeforeItStops) {
  Background background;
  bool ran = false;
  boost::asio::post(background.executor(), [&ran] { ran = true; });
  EXPECT_TRUE(background.stop(std::chrono::minutes{1}));
  EXPECT_TRUE(ran);
  EXPECT_TRUE(background.stop(std::chrono::minutes{1})) << "stopping twice is harmless";
}

TEST(Background, WhatDoesNotEndIsCutOff) {
  Background background;
  runtime::spawn(background.executor(), runtime::sleep_for(std::chrono::hours{1}), "sleeper");
  EXPECT_FALSE(background.stop(std::chrono::milliseconds{1}));
}

}  // namespace
}  // namespace keyledger::app
