#include "providers/provider.h"

namespace keyledger::providers {

Task<Discovery> Provider::discover(Access) const {
  co_return Discovery{};
}

Task<Fetched> Provider::fetch(Access, FetchRequest) const {
  co_return Fetched{};
}

Task<Provider::Readings> Provider::readings(Access) const {
  co_return Readings{};
}

}  // namespace keyledger::providers
