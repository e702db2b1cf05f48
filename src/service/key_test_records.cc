#include "service/key_test_records.h"

#include <fmt/format.h>

#include "service/audit.h"
#include "store/reading_store.h"

namespace keyledger::service {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find(' ', from), text.size());
    if (to > from) words.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

std::string pack_facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string text;
  for (const auto& [name, value] : facts) {
    text += name + '\t';
    for (const char c : value) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    text += '\n';
  }
  return text;
}

}  // namespace

keys::KeyTestRecord to_record(const store::ProviderKeyStore::StoredTest& test) {
  const keys::Explanation& explanation = keys::explain(test.code);
  return {test.at,
          test.verdict,
          test.code,
          test.provider_status,
          test.provider_message,
          std::string{explanation.cause},
          std::string{explanation.remedy},
          split(test.missing_scopes)};
}

TestOutcome to_outcome(providers::KeyTest test, Instant at) {
  const keys::Explanation& explanation = keys::explain(test.finding.code);
  TestOutcome outcome;
  outcome.at = at;
  outcome.verdict = test.verdict;
  outcome.code = test.finding.code;
  outcome.provider_status = test.finding.provider_status;
  outcome.provider_message = test.finding.provider_message;
  outcome.explanation = explanation.cause;
  outcome.next_step = explanation.remedy;
  outcome.missing_scopes = test.finding.missing_scopes;
  outcome.readings = std::move(test.readings);
  outcome.facts = std::move(test.facts);
  return outcome;
}

store::ProviderKeyStore::StoredTest to_stored(ProviderKeyId id, const TestOutcome& outcome) {
  return {0,
          id,
          outcome.at,
          outcome.verdict,
          outcome.code,
          outcome.provider_status,
          outcome.provider_message,
          join(outcome.missing_scopes),
          pack_facts(outcome.facts)};
}

Result<void> keep_outcome(store::Transaction& transaction, const Actor& actor, ProviderKeyId id,
                          const TestOutcome& outcome) {
  const Result<keys::ProviderKey> key = store::ProviderKeyStore::get(transaction, id);
  if (!key) return std::unexpected(key.error());
  Result<void> added = store::ProviderKeyStore::add_test(transaction, to_stored(id, outcome));
  if (added) added = store::ReadingStore::put(transaction, id, outcome.readings, outcome.at);
  if (!added) return added;
  return record_audit(transaction, outcome.at, actor, "keys.test", fmt::format("provider_keys/{}", id.value),
                      {{"name", key->name}, {"code", outcome.code}});
}

}  // namespace keyledger::service
