#include "providers/openai/errors.h"

#include "domain/keys/scopes.h"

namespace keyledger::providers::openai {
namespace {

std::string_view refusal(unsigned status, std::string_view code, std::string_view type, std::string_view message) {
  if (message.find("Missing scopes:") != std::string_view::npos) return "missing_scope";
  if (code == "insufficient_quota" || type == "insufficient_quota") return "insufficient_quota";
  if (code == "unsupported_country_region_territory") return "region_not_supported";
  if (status == 400) return "request_rejected";
  if (code == "model_not_found") return "model_not_found";
  if (status == 404) return "endpoint_not_found";
  return {};
}

}  // namespace

keys::Finding classify(unsigned status, const net::Headers& headers, const json::Value& body) {
  keys::Finding finding = classify_by_status(status, headers, body);
  const json::Value& error = body["error"];
  const std::string_view code =
      refusal(status, error["code"].text().value_or(""), error["type"].text().value_or(""), finding.provider_message);
  if (!code.empty()) finding.code = code;
  if (code == "missing_scope") finding.missing_scopes = keys::missing_scopes(finding.provider_message);
  return finding;
}

keys::Finding of_organization(keys::Finding finding, keys::KeyType type) {
  const bool refused = finding.code == "missing_scope" || finding.code == "permission_denied";
  if (refused && type != keys::KeyType::admin) finding.code = "admin_key_needed";
  return finding;
}

}  // namespace keyledger::providers::openai
