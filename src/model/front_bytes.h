#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::model {

// The front of a file in windows, for a parser that walks it once.
class FrontBytes {
public:
    FrontBytes() = default;
    FrontBytes(const FrontBytes&) = delete;
    FrontBytes& operator=(const FrontBytes&) = delete;
    virtual ~FrontBytes() = default;

    // Bytes from `offset` on, at least `needed` of them (at most kFrontWindow); the caller knows that the file has so
    // many. Valid until the next call.
    virtual Result<std::string_view> window(std::uint64_t offset, std::size_t needed) = 0;
};

inline constexpr std::size_t kFrontWindow = std::size_t{256} << 10U;

// Errors: kInvalidInput when the bytes end before.
class FrontOfMemory final : public FrontBytes {
public:
    explicit FrontOfMemory(std::string_view bytes) : bytes_(bytes) {}

    Result<std::string_view> window(std::uint64_t offset, std::size_t needed) override;

private:
    std::string_view bytes_;
};

// Reads kFrontWindow bytes at a time. Errors: what pread said; kCorrupt when the file became shorter.
class FrontOfFile final : public FrontBytes {
public:
    explicit FrontOfFile(int descriptor) : descriptor_(descriptor) {}

    Result<std::string_view> window(std::uint64_t offset, std::size_t needed) override;

private:
    int descriptor_;
    std::string buffer_;
};

}  // namespace hearth::model
