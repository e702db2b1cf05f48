#include "providers/perplexity/perplexity.h"

#include "providers/table/readers.h"

namespace keyledger::providers::perplexity {
namespace {

table::Row perplexity_row() {
  table::Row row;
  row.description = {.id = "perplexity",
                     .name = "Perplexity",
                     .base_url = "https://api.perplexity.ai",
                     .console_url = "https://www.perplexity.ai/account/api/keys"};
  row.test = {.target = "/router/v1/models", .read = table::read_models};
  return row;
}

const table::Ask& empty_completion() {
  static const table::Ask kAsk{.method = net::Method::post, .target = "/chat/completions", .body = "{}"};
  return kAsk;
}

/// Whether the refusal of a completion says something about the key. 400 and 422 mean that the key was let in and the
/// emptiness noticed; 404 and failures of the server say nothing, and the list of models has the last word.
bool speaks_of_the_key(const Answer& completion) {
  if (completion.ok()) return false;
  return completion.status == 401 || completion.status == 402 || completion.status == 403 || completion.status == 429;
}

}  // namespace

Perplexity::Perplexity(const Http* http, const Clock* clock) : TableProvider(perplexity_row(), http, clock) {}

Task<KeyTest> Perplexity::test(Access access) const {
  Call list = call_for(access.base, access.key, row().test, kTestPatience);
  const Answer models = co_await caller().send(std::move(list));
  KeyTest result = table::judge(models, row().test.read, access.key, now());
  if (result.verdict != keys::Verdict::valid) co_return result;
  Call question = call_for(access.base, access.key, empty_completion(), kTestPatience);
  question.repeat = Repeat::unsafe;
  const Answer completion = co_await caller().send(std::move(question));
  if (speaks_of_the_key(completion)) co_return key_test(completion.finding);
  co_return result;
}

}  // namespace keyledger::providers::perplexity
