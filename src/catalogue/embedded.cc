#include "catalogue/catalogue.h"
#include "embedded/prices.h"

namespace keyledger::catalogue {

std::string_view embedded_catalogue() {
  return embedded::prices_catalogue();
}

}  // namespace keyledger::catalogue
