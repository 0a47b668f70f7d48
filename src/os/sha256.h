#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace hearth::os {

// SHA-256 of bytes that come in pieces.
//
// The system's libcrypto does the work where it can be loaded (it uses the CPU's SHA instructions), else libsodium,
// which is linked in.
// Threads: one owner.
class Sha256 {
public:
    Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    ~Sha256();

    void update(std::string_view bytes);

    // Lower-case hexadecimal; nothing may be added afterwards.
    [[nodiscard]] std::string finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hearth::os
