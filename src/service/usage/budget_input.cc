#include <algorithm>

#include "service/usage/budgets.h"

namespace keyledger::service {
namespace {

constexpr std::size_t kWebhookMax = 2'048;

std::unexpected<Error> wrong_webhook(std::string message) {
  return fail(Code::invalid_argument, std::move(message), "malformed_webhook_url", "webhook_url");
}

std::unexpected<Error> wrong_amount(std::string message) {
  return fail(Code::invalid_argument, std::move(message), "invalid_amount", "amount");
}

bool loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

/// The host with its brackets, without port, path, query and fragment; empty if there is a user or none.
std::string_view host_of(std::string_view after_scheme) {
  const std::string_view authority = after_scheme.substr(0, after_scheme.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return {};
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

}  // namespace

Result<void> check_webhook(std::string_view url) {
  const bool printable = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
  if (url.size() > kWebhookMax || !printable) {
    return wrong_webhook("The webhook has at most 2,048 characters and no blanks among them.");
  }
  const bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://")) return wrong_webhook("The webhook begins with https://.");
  const std::string_view host = host_of(url.substr(url.find("//") + 2));
  if (host.empty()) return wrong_webhook("The webhook names a host, and no user before it.");
  if (!secure && !loopback(host)) return wrong_webhook("Plain http goes to this machine only; use https.");
  return {};
}

Result<Money> read_budget_amount(std::string_view text, std::string_view currency_text) {
  const Result<Currency> currency = Currency::parse(currency_text);
  if (!currency) return wrong_amount("The currency has three letters, such as USD.");
  const std::size_t point = text.find('.');
  const bool plain = text.find_first_not_of("0123456789.") == std::string_view::npos;
  const bool short_enough = point == std::string_view::npos || text.size() - point - 1 <= 9;
  const Result<Amount> amount = parse_amount(text);
  if (!plain || !short_enough || !amount) {
    return wrong_amount("The amount is a decimal such as 500 or 12.50, with at most nine decimals.");
  }
  if (amount->nanos <= 0) return wrong_amount("The amount is more than 0.");
  return Money{*currency, amount->nanos};
}

}  // namespace keyledger::service
