#include "app/pretend/provider.h"

namespace keyledger::app::pretend {
namespace {

/// `length` letters and digits that a name always gives; no part of it is random or secret.
std::string letters(const std::string& name, std::size_t length) {
  constexpr std::string_view kAlphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string out;
  std::uint64_t state = 88172645463325252ULL;
  for (const char c : name) state = state * 6364136223846793005ULL + static_cast<unsigned char>(c);
  while (out.size() < length) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    out += kAlphabet[(state >> 33) % kAlphabet.size()];
  }
  return out;
}

/// The form of OpenAI's keys: prefix, letters, Base64 of "OpenAI", letters.
std::string openai_text(const std::string& prefix, const std::string& name) {
  const std::string mark = std::string{"T3Blbk"} + "FJ";
  return prefix + letters(name, 74) + mark + letters(name + "'", 74);
}

DemoKey openai_project(const std::string& name, const std::string& project) {
  return {
      .name = name, .text = openai_text("sk-proj-", name), .remote_id = "key_" + letters(name, 16), .project = project};
}

DemoKey anthropic_key(const std::string& name, bool admin) {
  const std::string prefix = admin ? "sk-ant-admin01-" : "sk-ant-api03-";
  return {.name = name,
          .text = prefix + letters(name, 93) + "AA",
          .remote_id = "apikey_01" + letters(name, 22),
          .project = "wrkspc_01" + letters("workspace", 22),
          .admin = admin};
}

}  // namespace

std::vector<DemoKey> openai_keys() {
  DemoKey admin{
      .name = "Organization admin", .text = openai_text("sk-admin-", "admin"), .remote_id = "key_admin", .admin = true};
  DemoKey old = openai_project("Old prototype", "proj_demo_lab");
  old.revoked = true;
  return {std::move(admin), openai_project("Chat in production", "proj_demo_chat"),
          openai_project("Search index", "proj_demo_search"), std::move(old)};
}

std::vector<DemoKey> anthropic_keys() {
  return {anthropic_key("Console admin", true), anthropic_key("Support assistant", false),
          anthropic_key("Code review", false)};
}

std::vector<DemoKey> brave_keys() {
  return {{.name = "Web search", .text = "BSA" + letters("brave", 28)}};
}

std::vector<Stream> openai_streams() {
  const std::vector<DemoKey> keys = openai_keys();
  return {{.remote_key = keys[1].remote_id,
           .project = keys[1].project,
           .model = "gpt-6-sol",
           .requests_per_day = 2400,
           .input_per_request = 1850,
           .output_per_request = 420,
           .cached_percent = 55,
           .input_price = 2'000'000,
           .cached_price = 200'000,
           .output_price = 10'000'000},
          {.remote_key = keys[1].remote_id,
           .project = keys[1].project,
           .model = "gpt-6-luna",
           .requests_per_day = 9000,
           .input_per_request = 620,
           .output_per_request = 180,
           .cached_percent = 20,
           .input_price = 100'000,
           .cached_price = 10'000,
           .output_price = 500'000},
          {.remote_key = keys[2].remote_id,
           .project = keys[2].project,
           .model = "text-embedding-3-small",
           .requests_per_day = 14'000,
           .input_per_request = 510,
           .input_price = 20'000}};
}

std::vector<Stream> anthropic_streams() {
  const std::vector<DemoKey> keys = anthropic_keys();
  return {{.remote_key = keys[1].remote_id,
           .project = keys[1].project,
           .model = "claude-sonnet-5",
           .requests_per_day = 1300,
           .input_per_request = 3200,
           .output_per_request = 510,
           .cached_percent = 60,
           .input_price = 2'000'000,
           .cached_price = 200'000,
           .output_price = 10'000'000},
          {.remote_key = keys[2].remote_id,
           .project = keys[2].project,
           .model = "claude-opus-5-5",
           .requests_per_day = 260,
           .input_per_request = 9400,
           .output_per_request = 1250,
           .cached_percent = 70,
           .input_price = 4'000'000,
           .cached_price = 200'000,
           .output_price = 20'000'000}};
}

std::string redacted(const DemoKey& key) {
  const std::size_t prefix = key.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-");
  const std::size_t shown = std::min<std::size_t>(key.text.starts_with("sk-proj-") ? 8 : prefix, 16);
  return key.text.substr(0, shown) + std::string(key.text.size() - shown - 4, '*') +
         key.text.substr(key.text.size() - 4);
}

}  // namespace keyledger::app::pretend
