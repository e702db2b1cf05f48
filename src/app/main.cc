// app/main.cc: where the process begins. Secrets leave the environment, core dumps are off, nothing is readable by
// others; then the command line decides.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "app/data_folder.h"
#include "app/run.h"
#include "base/log.h"
#include "crypto/hash.h"
#include "providers/provider.h"

namespace keyledger::app {
namespace {

/// A core dump would hold every secret that is in memory.
void forbid_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__  // the leak checker has to look into this process
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

std::vector<ProviderAddress> provider_addresses() {
  const SystemClock clock;
  const providers::Registry registry(nullptr, &clock);  // asked for descriptions only, never to send
  std::vector<ProviderAddress> addresses;
  for (const providers::Provider* provider : registry.all()) {
    const providers::Description& about = provider->description();
    addresses.push_back({about.id, about.name, about.base_url, about.management_base_url});
  }
  return addresses;
}

int run_main(int count, char** words) {
  ::umask(077);
  forbid_core_dumps();
  Surroundings surroundings;
  surroundings.token = take_variable("KEYLEDGER_TOKEN");
  surroundings.master_key = take_variable("KEYLEDGER_MASTER_KEY");
  surroundings.environment = environment;
  surroundings.read = read_text_file;
  crypto::initialise();
  surroundings.providers = provider_addresses();
  Console console = system_console();
  return static_cast<int>(run({words + 1, words + count}, console, std::move(surroundings)));
}

}  // namespace
}  // namespace keyledger::app

int main(int count, char** words) {
  try {
    return keyledger::app::run_main(count, words);
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << " (internal)\n";
    return static_cast<int>(keyledger::app::ExitCode::failed);
  }
}
