#include "net/host_check.h"

#include <algorithm>

#include "net/address.h"
#include "net/ascii.h"

namespace keyledger::net {
namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

HostCheck::HostCheck(std::string_view address, std::vector<std::string> names) : names_(std::move(names)) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(std::string{address}, error);
  if (error) {
    names_.emplace_back(address);
  } else {
    any_address_ = parsed.is_unspecified();
    addresses_.push_back(parsed.to_string());
  }
  if (is_loopback_host(address)) addresses_.insert(addresses_.end(), {"127.0.0.1", "::1"});
  if (is_loopback_host(address) || any_address_) names_.emplace_back("localhost");
}

bool HostCheck::allows(std::string_view host) const {
  const std::string_view name = without_port(host);
  const auto same = [name](const std::string& ours) { return equal_ignoring_case(ours, name); };
  if (std::ranges::any_of(addresses_, same) || std::ranges::any_of(names_, same)) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string{name}, error);
  if (error) return false;
  return any_address_ || std::ranges::find(addresses_, address.to_string()) != addresses_.end();
}

}  // namespace keyledger::net
