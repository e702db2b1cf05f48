// service/core.h: what every use case works with. The app owns all of it and outlives the services.
#pragma once

#include "base/instant.h"
#include "runtime/pool.h"
#include "service/keyring.h"
#include "store/store.h"

namespace keyledger::service {

struct Core {
  store::Store* store;
  Keyring* keyring;
  runtime::Pool* pool;  // for work that computes long, such as password hashing
  const Clock* clock;
};

}  // namespace keyledger::service
