// POST /api/verify: another API of the seller asks about one of its callers.
#include <fmt/format.h>

#include <algorithm>

#include "api/door/action.h"
#include "api/handlers.h"
#include "api/replies.h"
#include "json/read.h"
#include "service/verifier.h"

namespace keyledger::api {
namespace {

constexpr std::int64_t kUnitsMax = 1'000'000;

struct VerifyBody {
  Secret key{};
  std::optional<std::string> action{}, resource{};
  std::optional<std::int64_t> units{};
  std::optional<std::string> ip{}, user_agent{};
};
BOOST_DESCRIBE_STRUCT(VerifyBody, (), (key, action, resource, units, ip, user_agent))

Result<void> check_resource(const std::string& text) {
  if (text.size() > ledger::kResourceBytesMax) {
    return fail(Code::invalid_argument, fmt::format("resource has at most {} bytes.", ledger::kResourceBytesMax),
                "too_long", "resource");
  }
  const bool printable = std::ranges::none_of(
      text, [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; });
  if (printable) return {};
  return fail(Code::invalid_argument, "resource has no control characters.", "control_characters", "resource");
}

Result<service::CallContext> read_question(VerifyBody body) {
  service::CallContext context;
  context.started = std::chrono::steady_clock::now();
  context.action = std::move(body.action).value_or("verify");
  const Result<void> action = check_action(context.action);
  if (!action) return std::unexpected(action.error());
  context.resource = std::move(body.resource).value_or("");
  const Result<void> resource = check_resource(context.resource);
  if (!resource) return std::unexpected(resource.error());
  context.units = body.units.value_or(1);
  if (context.units < 1 || context.units > kUnitsMax) {
    return fail(Code::invalid_argument, fmt::format("units is a whole number from 1 to {}.", kUnitsMax), "out_of_range",
                "units");
  }
  if (body.ip) {
    const Result<IpAddress> address = IpAddress::parse(*body.ip);
    if (!address) {
      return fail(Code::invalid_argument, "ip is an address such as 192.0.2.7 or 2001:db8::1.", "malformed_address",
                  "ip");
    }
    context.address = *address;
  }
  context.user_agent = std::move(body.user_agent).value_or("");
  context.key = body.key.reveal();
  return context;
}

template <typename T>
void member(json::Writer& out, std::string_view name, const T& value) {
  out.name(name);
  json::write(out, value);
}

void write_whose(json::Writer& out, const service::KeyVerification& verification) {
  const service::Admitted& admitted = verification.admitted;
  if (!verification.names) {
    member(out, "key_id", std::optional<std::int64_t>{});
    out.name("customer").null();
    out.name("metadata").null();
    return;
  }
  member(out, "key_id", admitted.key_id);
  out.name("customer").begin_object();
  member(out, "id", admitted.customer_id);
  member(out, "name", verification.names->customer_name);
  out.end_object();
  out.name("metadata");
  if (verification.names->metadata.empty()) {
    out.null();
  } else {
    out.raw(verification.names->metadata);
  }
}

std::string write_verification(const service::KeyVerification& verification) {
  const service::Admitted& admitted = verification.admitted;
  json::Writer out;
  out.begin_object();
  member(out, "valid", admitted.verdict == service::Verdict::valid);
  member(out, "code", admitted.verdict);
  write_whose(out, verification);
  out.name("limits").begin_array();
  for (std::size_t i = 0; i < admitted.standings_count; ++i) json::write(out, admitted.standings[i]);
  out.end_array();
  std::optional<std::int64_t> wait;
  if (verification.retry_after) wait = verification.retry_after->count();
  member(out, "retry_after", wait);
  member(out, "timestamp", admitted.at);
  out.end_object();
  return out.take();
}

}  // namespace

Task<Result<Reply>> verify_key(const Services* services, Call call) {
  Result<VerifyBody> body = json::read_body<VerifyBody>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  Result<service::CallContext> context = read_question(std::move(*body));
  if (!context) co_return std::unexpected(context.error());
  service::Once<service::KeyVerification> once{std::move(call.once), [](const service::KeyVerification& verification) {
                                                 return service::StoredAnswer{200, write_verification(verification)};
                                               }};
  Result<service::KeyVerification> verification = co_await services->verifier->verify(&*context, std::move(once));
  if (!verification) co_return std::unexpected(verification.error());
  co_return net::json_reply(200, write_verification(*verification));
}

}  // namespace keyledger::api
