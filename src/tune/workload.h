#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "chat/message.h"

namespace hearth::tune {

// What people do with a model, small enough to be tried often.
enum class Workload : std::uint8_t {
    kChat,      // a question and an answer in prose
    kEdit,      // a file with one line to change, written out whole
    kDocument,  // a long text, and one thing that stands in it
    kTwoUsers   // somebody reads an answer while another one sends a long text
};

inline constexpr std::array kWorkloads = {Workload::kChat, Workload::kEdit, Workload::kDocument,
                                          Workload::kTwoUsers};

// "code edit".
[[nodiscard]] std::string_view workload_name(Workload workload);

// What is measured of it: "tokens/s written", "tokens/s read", "longest pause".
[[nodiscard]] std::string_view measure_name(Workload workload);

// What is asked, greedily, for kTwoUsers of the one who reads; the other one sends kDocument. The text is made from the seed: names and numbers
// differ, so that nothing of an answer is in a cache or a table of the engine from before, and its length hardly does. At most 1,200 tokens
// with the answer. Pure.
[[nodiscard]] chat::Request workload_request(Workload workload, std::uint64_t seed);

}  // namespace hearth::tune
