#include "runtime/run.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace keyledger::runtime {

void run_to_end(Task<> task) {
  asio::io_context context{1};
  std::exception_ptr failure;
  asio::co_spawn(context.get_executor(), std::move(task), [&failure](std::exception_ptr thrown) { failure = thrown; });
  context.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace keyledger::runtime
