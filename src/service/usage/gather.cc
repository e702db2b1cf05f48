#include "service/usage/gather.h"

#include <algorithm>
#include <exception>

#include "base/log.h"

namespace keyledger::service {
namespace {

struct Shared {
  std::vector<Work> work{};
  std::size_t next = 0;
  std::size_t workers = 0;
  runtime::Resume<bool> all_done{};
};

void log_failure(std::string_view what) {
  log::error("work on the usage failed", {{"what", what}});
}

runtime::Task<> run_guarded(Work* work) {
  try {
    co_await (*work)();
  } catch (const std::exception& exception) {
    log_failure(exception.what());
  } catch (...) {
    log_failure("unknown");
  }
}

runtime::Task<> work_off(std::shared_ptr<Shared> shared) {
  while (shared->next < shared->work.size()) {
    Work& mine = shared->work[shared->next++];
    co_await run_guarded(&mine);
  }
  if (--shared->workers == 0) shared->all_done(true);
}

}  // namespace

runtime::Task<> gather(std::vector<Work> work, std::size_t at_once) {
  if (work.empty()) co_return;
  const runtime::Executor executor = co_await runtime::asio::this_coro::executor;
  auto shared = std::make_shared<Shared>();
  shared->work = std::move(work);
  shared->workers = std::min(at_once, shared->work.size());
  std::move_only_function<void(runtime::Resume<bool>)> start = [shared, executor](runtime::Resume<bool> resume) {
    shared->all_done = std::move(resume);
    const std::size_t workers = shared->workers;
    for (std::size_t i = 0; i < workers; ++i) runtime::spawn(executor, work_off(shared), "usage");
  };
  const bool done = co_await runtime::suspend<bool>(std::move(start));
  (void)done;
}

}  // namespace keyledger::service
