#include "api/handlers.h"
#include "api/replies.h"

namespace keyledger::api {

Task<Result<Reply>> list_providers(const Services* services, Call) {
  const std::vector<service::ProviderInfo> providers = services->keys->providers();
  co_return list(providers, static_cast<std::int64_t>(providers.size()),
                 [](const service::ProviderInfo&) { return std::string{}; });  // all are on one page
}

}  // namespace keyledger::api
