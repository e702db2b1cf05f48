#include <algorithm>
#include <iterator>

#include "providers/anthropic/anthropic.h"
#include "providers/call.h"
#include "providers/openai/openai.h"
#include "providers/others.h"
#include "providers/provider.h"

namespace keyledger::providers {

Registry::Registry(const Http* http, const Clock* clock) : caller_(std::make_unique<Caller>(http, clock)) {
  providers_.push_back(make_openai(caller_.get()));
  providers_.push_back(make_anthropic(caller_.get()));
  std::ranges::move(make_others(http, clock), std::back_inserter(providers_));
}

Registry::~Registry() = default;

const Provider* Registry::find(std::string_view id) const {
  const auto found = std::ranges::find_if(
      providers_, [id](const std::unique_ptr<Provider>& provider) { return provider->description().id == id; });
  return found == providers_.end() ? nullptr : found->get();
}

std::vector<const Provider*> Registry::all() const {
  std::vector<const Provider*> listed;
  for (const std::unique_ptr<Provider>& provider : providers_) listed.push_back(provider.get());
  return listed;
}

}  // namespace keyledger::providers
