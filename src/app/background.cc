#include "app/background.h"

namespace keyledger::app {

Background::Background()
    : guard_(context_.get_executor()), thread_([this] {
        context_.run();
        done_.set_value();
      }) {}

Background::~Background() {
  stop(std::chrono::milliseconds{0});
}

bool Background::stop(std::chrono::milliseconds at_most) {
  if (!thread_.joinable()) return true;
  guard_.reset();
  const bool done = done_.get_future().wait_for(at_most) == std::future_status::ready;
  context_.stop();
  thread_.join();
  return done;
}

}  // namespace keyledger::app
