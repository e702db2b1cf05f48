// net/host_check.h: whether a request means us.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keyledger::net {

/// Compares `Host` with what this server is called.
///
/// Why: a page on evil.example can have its name resolve to 127.0.0.1 and then, for the browser, be the same origin as
/// our dashboard (DNS rebinding). Its requests still say `Host: evil.example`.
class HostCheck {
 public:
  /// `address` is what the server listens on, `names` what it is called beside that, without port.
  HostCheck(std::string_view address, std::vector<std::string> names);

  /// `host` is the value of Host, perhaps with a port, which is ignored. On a wildcard address every address is ours,
  /// since no name server can make a browser write one; on loopback localhost, 127.0.0.1 and [::1] are.
  [[nodiscard]] bool allows(std::string_view host) const;

 private:
  std::vector<std::string> names_;      // names, and addresses as they are usually written, without brackets
  std::vector<std::string> addresses_;  // canonical
  bool any_address_ = false;
};

}  // namespace keyledger::net
