#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chat/message.h"
#include "core/result.h"

namespace hearth::chat {

// A gap in a file, for models that were trained to fill in the middle. No chat template is used.
struct FillRequest {
    std::vector<std::pair<std::string, std::string>> context;  // other files that help: name, text
    std::string file_name;
    std::string prefix;  // the file up to the gap
    std::string suffix;  // the file behind it
    int candidates = 1;
    Sampling sampling;
    Tokens max_tokens{64};
};

struct FillReply {
    std::vector<std::string> texts;  // one a candidate
    Usage usage;
};

// What stands around the parts of a gap in the words of one model.
struct FillMarks {
    std::string head;       // before all
    std::string separator;  // before the name of a file; empty for a model that knows no files
    std::string prefix;
    std::string suffix;
    std::string middle;
};

// The body of a request to llama-server's /infill that has it say how it would ask its model. Pure.
[[nodiscard]] std::string fill_marks_request();

// The marks by its answer. Errors: kUnsupported when the answer does not show them. Pure.
[[nodiscard]] Result<FillMarks> fill_marks(std::string_view answer);

// The prompt of a gap. /infill itself would cut prefix and suffix to the size of a batch, and so the head of the function. Pure.
[[nodiscard]] std::string fill_prompt(const FillRequest& request, const FillMarks& marks);

// The body of a request to /completion. Pure.
[[nodiscard]] std::string encode_fill(const FillRequest& request, const FillMarks& marks);

// Errors: kCorrupt. Pure.
[[nodiscard]] Result<FillReply> decode_fill(std::string_view answer);

}  // namespace hearth::chat
