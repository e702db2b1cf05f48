// base/secret.h: text that must not be seen. It cannot be printed, copied by accident, or compared.
#pragma once

#include <string>
#include <string_view>

namespace keyledger {

/// Owns secret text and wipes it when it goes.
///
/// There is no `<<`, no fmt formatter and no `==`: `crypto::equal` compares in constant time, and `reveal` is the
/// one way to the text, so that a search for it finds every place where a secret is used.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) noexcept;  // takes the text over; the argument is left empty
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] Secret copy() const { return Secret{std::string{text_}}; }

  bool operator==(const Secret&) const = delete;

 private:
  std::string text_{};
};

/// Overwrites the characters in a way that the compiler keeps.
void wipe(std::string& text) noexcept;

}  // namespace keyledger
