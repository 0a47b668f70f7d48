#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chat/message.h"
#include "tui/style.h"
#include "tui/theme.h"

namespace hearth::tui {

// One thing of a conversation as it is shown.
struct Block {
    enum class Kind : std::uint8_t {
        kUser,      // what a person said
        kAnswer,    // Markdown of a model
        kThinking,  // of a model
        kTool,      // a call and what came of it
        kShell,     // a command of a person
        kNote,      // a word of hearth's own
        kWarning,
        kError,
        kSummary,  // in place of what was said before
        kDiff,     // of files, in unified form
    };

    Kind kind = Kind::kNote;
    std::string text;       // of kTool and kShell what was printed
    chat::ToolCall call;    // kTool
    std::string command;    // kShell
    bool excluded = false;  // kShell: no model is told
    bool running = false;
    bool failed = false;
    std::optional<double> seconds;
};

struct BlockView {
    int width = 80;
    const Theme* theme = nullptr;
    bool expand_tools = false;
    bool show_thinking = false;
};

// The lines of a block, without an empty one around, safe to print. Pure.
[[nodiscard]] std::vector<Line> render_block(const Block& block, const BlockView& view);

}  // namespace hearth::tui
