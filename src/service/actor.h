// service/actor.h: who acts. Every administrative act carries one into the audit log.
#pragma once

#include <boost/describe.hpp>
#include <string>

namespace keyledger::service {

/// owner: a signed-in browser; token: an admin token; local: the command line on this machine; system: Keyledger
/// itself.
BOOST_DEFINE_ENUM_CLASS(ActorKind, owner, token, local, system)

struct Actor {
  ActorKind kind = ActorKind::system;
  std::string name{};     // the token's name, the user of the command line, "sync", ...
  std::string address{};  // where from; empty for local and system
};

}  // namespace keyledger::service
