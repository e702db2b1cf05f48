#include "base/secret.h"

#include <strings.h>  // explicit_bzero

#include <cstring>
#include <utility>

namespace keyledger {

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // a shortened string may still hold the rest behind its end
  explicit_bzero(text.data(), text.size());
  text.clear();
}

Secret::Secret(std::string text) noexcept : text_(std::move(text)) {
  wipe(text);  // a short string is copied by a move: its characters would stay behind
}

Secret::~Secret() {
  wipe(text_);
}

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
  wipe(other.text_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(text_);
  text_ = std::move(other.text_);
  wipe(other.text_);
  return *this;
}

}  // namespace keyledger
