#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace hearth {

// What kind of failure it is. The code alone decides the exit status (app/exit_status.h).
enum class Code : std::uint8_t {
    kInvalidInput,  // the caller or the user gave something wrong
    kNotFound,      // a named thing does not exist
    kConflict,      // it exists already, or somebody else holds it
    kPermission,    // the system or a policy refused
    kUnavailable,   // a peer, child or source cannot answer now
    kTimeout,       // a deadline passed
    kCancelled,     // the user or the caller stopped it
    kExhausted,     // memory or a budget ran out
    kDiskFull,      // no room on the disk, or in the user's part of it
    kTooLarge,      // over a stated limit
    kCorrupt,       // bytes that should be valid are not
    kUnsupported,   // valid, but not something we can do
    kInternal,      // a bug of ours
};

[[nodiscard]] std::string_view code_name(Code code);

// A failure of the outside world: a code, and a sentence for a person (what, where, the limit, what to do).
class [[nodiscard]] Error {
public:
    Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

    [[nodiscard]] Code code() const { return code_; }

    [[nodiscard]] const std::string& message() const { return message_; }

    // The same error with where it happened in front: "reading model header: file ends at byte 12".
    [[nodiscard]] Error with_context(std::string_view context) const;

    // The same error, of what may succeed after that time.
    [[nodiscard]] Error with_retry_after(std::chrono::seconds wait) const;

    // 0 when nothing is known of it.
    [[nodiscard]] std::chrono::seconds retry_after() const { return retry_after_; }

private:
    Code code_;
    std::string message_;
    std::chrono::seconds retry_after_{0};
};

// The value, or why there is none. Threads: a plain value.
template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;

    // Not explicit, so that `return Error(...)` reads as such. NOLINTNEXTLINE(google-explicit-constructor)
    Result(Error error) : std::expected<T, Error>(std::unexpected(std::move(error))) {}

    // Adds context to a failure and leaves a success alone.
    [[nodiscard]] Result context(std::string_view where) && {
        if (!this->has_value()) return Result(this->error().with_context(where));
        return std::move(*this);
    }
};

using Status = Result<void>;

// An error from errno, with the sentence "<what>: <strerror>" and the code that fits the number.
[[nodiscard]] Error errno_error(int number, std::string_view what);

// Stops the program with a message: a broken invariant, never a failure of the outside world.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace hearth

#define HEARTH_CONCAT_INNER(a, b) a##b
#define HEARTH_CONCAT(a, b) HEARTH_CONCAT_INNER(a, b)

// TRY(expression): the value of a Result, or return its error from this function.
// clang-format off
#define TRY(...)                                                                             \
    __extension__({                                                                          \
        _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")        \
        auto hearth_try = (__VA_ARGS__);                                                     \
        _Pragma("GCC diagnostic pop")                                                        \
        if (!hearth_try) [[unlikely]] return ::hearth::Error(std::move(hearth_try).error()); \
        ::hearth::detail::take(std::move(hearth_try));                                       \
    })
// clang-format on

#define HEARTH_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::hearth::assertion_failed(#condition, __FILE__, __LINE__))

namespace hearth::detail {

template <typename T>
T take(Result<T>&& result) {
    return *std::move(result);
}

inline void take(Result<void>&&) {}

}  // namespace hearth::detail
