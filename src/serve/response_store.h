#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::serve {

struct KeptResponse {
    std::string id;
    std::string key;       // id of the key that asked; empty for programs of this machine
    std::string previous;  // the response that this one goes on from; empty when there is none
    std::string input;     // its own input items: a JSON list
    std::string body;      // the response: a JSON object, with its output items
};

// Responses that clients may come back to, in one SQLite file (0600). One whose keep() has returned survives a kill -9 and a power
// loss. Each belongs to the key that asked for it: to others it does not exist. Bounded for each key: those that were not used for the
// longest time go first; using one uses all that it goes on from.
//
// Errors of every call: those of store::Database. Threads: any; calls wait for each other and for the file.
class ResponseStore {
public:
    struct Limits {
        std::int64_t responses = 5'000;
        Bytes size{std::int64_t{256} << 20};
        std::chrono::hours age{24 * 30};  // since it was used last
    };

    static Result<ResponseStore> open(const std::filesystem::path& file, const Limits& limits);

    ResponseStore(ResponseStore&&) noexcept;
    ResponseStore& operator=(ResponseStore&&) noexcept;
    ~ResponseStore();

    Status keep(const KeptResponse& response, std::int64_t now_ms);

    // Errors: kNotFound, also for one of another key.
    Result<KeptResponse> find(std::string_view key, std::string_view id);

    // It and all that it goes on from, oldest first. Errors: kNotFound when one of them is not kept any more.
    Result<std::vector<KeptResponse>> conversation(std::string_view key, std::string_view id,
                                                   std::int64_t now_ms);

    // Errors: kNotFound.
    Status remove(std::string_view key, std::string_view id);

private:
    struct State;
    explicit ResponseStore(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hearth::serve
