// The providers that are a row and nothing else, in the order in which a page shows them.
// What each line rests on stands in the provider's own documentation; where only live answers are known, it says so.
#include "providers/table/readers.h"
#include "providers/table/row.h"

namespace keyledger::providers::table {
namespace {

Row gemini() {
  Row row;
  row.description = {.id = "gemini",
                     .name = "Google Gemini",
                     .base_url = "https://generativelanguage.googleapis.com",
                     .console_url = "https://aistudio.google.com/api-keys"};
  // Only here: a second credential of any kind is answered 400 "Multiple authentication credentials received".
  row.secret_header = "x-goog-api-key";
  row.secret_prefix = "";
  row.test = {.target = "/v1beta/models?pageSize=1", .read = read_some_models};
  row.refusals = {
      {.status = 400, .word = "API_KEY_INVALID", .code = "key_rejected"},
      {.status = 400, .part = "API key not valid", .code = "key_rejected"},
      {.status = 400, .part = "API key expired", .code = "key_rejected"},
      {.status = 400, .part = "Multiple authentication credentials", .code = "multiple_credentials"},
      {.status = 400, .part = "location is not supported", .code = "region_not_supported"},
      // Newer keys fail on some routes in this way and work on others, so this is no word against the key.
      {.status = 401, .word = "ACCESS_TOKEN_TYPE_UNSUPPORTED", .code = "key_type_unsupported"},
      {.status = 403, .word = "PERMISSION_DENIED", .code = "api_not_enabled"},
      {.status = 429, .word = "RESOURCE_EXHAUSTED", .code = "rate_limited"},
  };
  return row;
}

Row mistral() {
  Row row;
  // Usage and spend limits are a preview for Enterprise plans, of a shape that is not published: not read.
  row.description = {.id = "mistral",
                     .name = "Mistral",
                     .base_url = "https://api.mistral.ai/v1",
                     .console_url = "https://console.mistral.ai/api-keys"};
  row.test = {.target = "/models", .read = read_models};
  return row;
}

Row deepseek() {
  Row row;
  row.description = {.id = "deepseek",
                     .name = "DeepSeek",
                     .base_url = "https://api.deepseek.com",
                     .console_url = "https://platform.deepseek.com/api_keys",
                     .reads_readings = true};
  row.test = {.target = "/user/balance", .read = read_deepseek_balance};
  row.readings = row.test;
  row.refusals = {
      {.word = "authentication_error", .code = "key_rejected"},
      {.status = 402, .code = "insufficient_quota"},
  };
  return row;
}

Row groq() {
  Row row;
  row.description = {.id = "groq",
                     .name = "Groq",
                     .base_url = "https://api.groq.com/openai/v1",
                     .console_url = "https://console.groq.com/keys"};
  row.test = {.target = "/models", .read = read_models};
  row.refusals = {
      {.status = 401, .word = "invalid_api_key", .code = "key_rejected"},
      {.status = 429, .word = "rate_limit_exceeded", .code = "rate_limited"},
  };
  return row;
}

Row cohere() {
  Row row;
  row.description = {.id = "cohere",
                     .name = "Cohere",
                     .base_url = "https://api.cohere.com",
                     .console_url = "https://dashboard.cohere.com/api-keys"};
  row.test = {.method = net::Method::post, .target = "/v1/check-api-key", .read = read_cohere_check};
  return row;
}

Row tavily() {
  Row row;
  row.description = {.id = "tavily",
                     .name = "Tavily",
                     .base_url = "https://api.tavily.com",
                     .console_url = "https://app.tavily.com/home",
                     .reads_readings = true};
  row.test = {.target = "/usage", .read = read_tavily_usage};
  row.readings = row.test;
  row.refusals = {
      {.status = 432, .code = "quota_used_up"},        // the plan's credits
      {.status = 433, .code = "spend_limit_reached"},  // the limit set for pay-as-you-go
  };
  return row;
}

Row azure_openai() {
  Row row;
  // Every resource has a host of its own, so the base URL comes with the key.
  row.description = {.id = "azure_openai", .name = "Azure OpenAI", .console_url = "https://ai.azure.com"};
  row.secret_header = "api-key";
  row.secret_prefix = "";
  row.test = {.target = "/openai/v1/models", .read = read_models};
  row.refusals = {{.status = 401, .part = "invalid subscription key", .code = "key_rejected"}};
  return row;
}

Row openai_compatible() {
  Row row;
  row.description = {.id = "openai_compatible", .name = "OpenAI-compatible server"};
  row.test = {.target = "/models", .read = read_models};
  row.refusals = {
      {.word = "invalid_api_key", .code = "key_rejected"},
      {.word = "insufficient_quota", .code = "insufficient_quota"},
  };
  return row;
}

}  // namespace

std::vector<Row> simple_rows() {
  std::vector<Row> rows;
  for (Row (*make)() : {gemini, mistral, deepseek, groq, cohere, tavily, azure_openai, openai_compatible}) {
    rows.push_back(make());
  }
  return rows;
}

}  // namespace keyledger::providers::table
