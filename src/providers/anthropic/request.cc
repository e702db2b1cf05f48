#include "providers/anthropic/request.h"

namespace keyledger::providers::anthropic {
namespace {

std::string_view refusal(unsigned status, std::string_view type, std::string_view code, std::string_view message) {
  if (code == "enforced_spend_limit_reached" || code == "contract_spend_limit_reached") return "spend_limit_reached";
  if (code == "organization_type_not_supported") return "no_organization";
  if (code == "organization_on_hold") return "organization_on_hold";
  // The customer's own spend limit comes as an invalid request with nothing but words to tell it by.
  if (status == 400 && message.find("spend limit") != std::string_view::npos) return "spend_limit_reached";
  if (status == 401 && message.starts_with("CORS requests are not allowed")) return "unexpected_answer";
  if (type == "billing_error") return "billing_problem";
  if (status == 400 || status == 413) return "request_rejected";
  if (status == 404) return "endpoint_not_found";
  if (status == 409) return "provider_error";
  return {};
}

}  // namespace

Call request(const Access& access, std::string target, Patience patience, std::string_view beta) {
  Call call;
  call.request.base = access.base;
  call.request.target = std::move(target);
  call.request.headers.add("Accept", "application/json");
  call.request.headers.set("anthropic-version", std::string{kVersion});
  if (!beta.empty()) call.request.headers.add("anthropic-beta", std::string{beta});
  call.request.secret_header = "x-api-key";
  call.request.secret = access.key.copy();
  call.classify = &classify;
  call.patience = patience;
  return call;
}

keys::Finding classify(unsigned status, const net::Headers& headers, const json::Value& body) {
  keys::Finding finding = classify_by_status(status, headers, body);
  const json::Value& error = body["error"];
  const std::string_view code = refusal(status, error["type"].text().value_or(""),
                                        error["details"]["error_code"].text().value_or(""), finding.provider_message);
  if (!code.empty()) finding.code = code;
  return finding;
}

Task<keys::Finding> of_organization(const Caller* caller, const Access* access, keys::Finding finding,
                                    Patience patience) {
  if (finding.code == "endpoint_not_found") finding.code = "no_organization";
  if (finding.code == "permission_denied" && access->type != keys::KeyType::admin) finding.code = "admin_key_needed";
  if (finding.code != "key_rejected") co_return finding;
  Call call = request(*access, "/v1/models?limit=1", patience);
  Answer models = co_await caller->send(std::move(call));
  if (models.ok()) finding.code = "workspace_key";
  // Neither answer says that the key is dead when the second one did not come.
  if (!models.ok() && models.finding->code != "key_rejected") finding = std::move(*models.finding);
  co_return finding;
}

}  // namespace keyledger::providers::anthropic
