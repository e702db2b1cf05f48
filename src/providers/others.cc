#include "providers/others.h"

#include "providers/brave/brave.h"
#include "providers/elevenlabs/elevenlabs.h"
#include "providers/github/github.h"
#include "providers/openrouter/openrouter.h"
#include "providers/perplexity/perplexity.h"
#include "providers/serpapi/answers.h"
#include "providers/table/row.h"
#include "providers/table/table_provider.h"
#include "providers/xai/xai.h"

namespace keyledger::providers {

std::vector<std::unique_ptr<Provider>> make_others(const Http* http, const Clock* clock) {
  std::vector<std::unique_ptr<Provider>> providers;
  providers.push_back(std::make_unique<brave::Brave>(http, clock));
  providers.push_back(std::make_unique<xai::Xai>(http, clock));
  providers.push_back(std::make_unique<openrouter::OpenRouter>(http, clock));
  providers.push_back(std::make_unique<perplexity::Perplexity>(http, clock));
  providers.push_back(std::make_unique<elevenlabs::ElevenLabs>(http, clock));
  providers.push_back(std::make_unique<github::GitHub>(http, clock));
  providers.push_back(std::make_unique<table::TableProvider>(serpapi::serpapi_row(), http, clock));
  for (table::Row& row : table::simple_rows()) {
    providers.push_back(std::make_unique<table::TableProvider>(std::move(row), http, clock));
  }
  return providers;
}

}  // namespace keyledger::providers
