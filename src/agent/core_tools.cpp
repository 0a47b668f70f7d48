#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "agent/background_shells.h"
#include "agent/file_change.h"
#include "agent/shells_tool.h"
#include "agent/tool.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "sandbox/toolchains.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kMaxResult = 12'000;  // bytes of one tool result, about 3,500 tokens
constexpr std::int64_t kPageLines = 400;
constexpr std::int64_t kMaxSeconds = 3600;  // that a model may give a command
constexpr std::int64_t kMaxBackgroundSeconds = 7200;
constexpr std::string_view kBackgroundSchema =
    R"(,"background":{"type":"boolean","description":"it goes on while you work: servers, watchers, long tests"})";
constexpr std::size_t kMaxLine = 2'000;                    // bytes of one line of a file
constexpr std::size_t kMaxBeside = std::size_t{8} << 20U;  // of a file beside the workspace

ToolResult failure(std::string text) { return {std::move(text), true}; }

ToolResult failure(const Error& error) { return {"Error: " + error.message(), true}; }

class ReadTool final : public Tool {
public:
    ReadTool(const sandbox::WorkspaceFiles& files, const ReadableBeside* beside)
        : files_(files), beside_(beside) {}

    [[nodiscard]] chat::Tool description() const override {
        return {"read", "Reads a text file of the workspace. Long files come in pages of 400 lines.",
                R"({"type":"object","properties":{"path":{"type":"string","description":"relative path"},)"
                R"("offset":{"type":"integer","description":"first line, from 1"},)"
                R"("limit":{"type":"integer","description":"lines"}},"required":["path"]})"};
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        return path_argument(arguments);
    }

    Result<ToolResult> run(std::string_view arguments, std::stop_token /*stop*/,
                           const OutputSink& /*on_output*/) override {
        const auto parsed = parse_json(arguments);
        if (!parsed) return failure(parsed.error());
        const auto path = path_argument(arguments);
        if (path.empty()) return failure("Error: read needs {\"path\": \"...\"}.");
        const auto content = content_of(path);
        if (!content) return failure(content.error());
        if (const auto type = chat::image_type(*content)) return image_result(*content, *type);
        if (content->find('\0') != std::string::npos) return failure("Error: this is not a text file.");
        const auto lines = split_lines(*content);
        const auto total = static_cast<std::int64_t>(lines.size());
        const auto first = std::clamp<std::int64_t>(integer_member(*parsed, "offset").value_or(1), 1,
                                                    std::max<std::int64_t>(total, 1));
        const auto wanted =
            std::clamp<std::int64_t>(integer_member(*parsed, "limit").value_or(kPageLines), 1, kPageLines);
        std::string out;
        std::int64_t n = first;
        for (; n <= total && n < first + wanted && out.size() < kMaxResult; ++n) {
            const auto line = lines[static_cast<std::size_t>(n - 1)];
            out += line.substr(0, kMaxLine);
            if (line.size() > kMaxLine)
                out += fmt::format(" [{} more bytes in this line]", line.size() - kMaxLine);
            out += '\n';
        }
        if (n <= total)
            out += fmt::format("[lines {} to {} of {}; go on with offset {}]\n", first, n - 1, total, n);
        return ToolResult{out.empty() ? "[the file is empty]" : to_valid_utf8(out)};
    }

private:
    static ToolResult image_result(std::string_view bytes, std::string_view type) {
        auto image = chat::make_image(bytes);
        if (!image) return failure(image.error());
        ToolResult result{fmt::format("[{}, {} KiB]", type, (bytes.size() + 1023) >> 10U)};
        result.images.push_back(*std::move(image));
        return result;
    }

    [[nodiscard]] Result<std::string> content_of(const std::string& path) const {
        const auto normal = std::filesystem::path(path).lexically_normal();
        if (beside_ == nullptr || !normal.is_absolute() || sandbox::is_within(normal, files_.root()))
            return files_.read(path);
        if (std::find(beside_->files.begin(), beside_->files.end(), normal) != beside_->files.end())
            return os::read_file(normal, kMaxBeside);
        const auto folder = std::find_if(
            beside_->folders.begin(), beside_->folders.end(),
            [&](const sandbox::WorkspaceFiles& each) { return sandbox::is_within(normal, each.root()); });
        return folder == beside_->folders.end() ? files_.read(path) : folder->read(path);
    }

    const sandbox::WorkspaceFiles& files_;
    const ReadableBeside* beside_;
};

// write and edit share what may be changed.
class ChangingTool : public Tool {
public:
    ChangingTool(const sandbox::WorkspaceFiles& files, std::vector<std::string> read_only)
        : files_(files), read_only_(std::move(read_only)) {}

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        return path_argument(arguments);
    }

protected:
    [[nodiscard]] std::optional<ToolResult> refusal(std::string_view path) const {
        if (std::find(read_only_.begin(), read_only_.end(), path_below(files_.root(), path)) ==
            read_only_.end())
            return std::nullopt;
        return failure(
            fmt::format("Error: {} is a test and stays as it is. Change the code that it tests.", path));
    }

    [[nodiscard]] const sandbox::WorkspaceFiles& files() const { return files_; }

private:
    const sandbox::WorkspaceFiles& files_;
    std::vector<std::string> read_only_;
};

class WriteTool final : public ChangingTool {
public:
    using ChangingTool::ChangingTool;

    [[nodiscard]] chat::Tool description() const override {
        return {
            "write", "Writes a whole file of the workspace: a new one, or all of an existing one.",
            R"({"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},"required":["path","content"]})"};
    }

    Result<ToolResult> run(std::string_view arguments, std::stop_token /*stop*/,
                           const OutputSink& /*on_output*/) override {
        const auto change = change_of_write(files(), arguments);
        if (!change) return failure(change.error());
        if (auto refused = refusal(change->path)) return *std::move(refused);
        if (const auto written = files().write(change->path, change->after); !written)
            return failure(written.error());
        return ToolResult{
            fmt::format("Wrote {} ({} lines).", change->path, split_lines(change->after).size())};
    }
};

class EditTool final : public ChangingTool {
public:
    using ChangingTool::ChangingTool;

    [[nodiscard]] chat::Tool description() const override { return edit_description(); }

    Result<ToolResult> run(std::string_view arguments, std::stop_token /*stop*/,
                           const OutputSink& /*on_output*/) override {
        if (auto refused = refusal(path_argument(arguments))) return *std::move(refused);
        const auto change = change_of_edit(files(), arguments);
        if (!change) return failure(change.error());
        if (const auto written = files().write(change->path, change->after); !written)
            return failure(written.error());
        return ToolResult{fmt::format("Edited {}.", change->path)};
    }
};

class BashTool final : public Tool {
public:
    BashTool(SandboxSource sandbox, BackgroundShells* background)
        : sandbox_(std::move(sandbox)), background_(background) {}

    [[nodiscard]] chat::Tool description() const override {
        return {"bash", "Runs a shell command in the workspace, contained and without network.",
                fmt::format(R"({{"type":"object","properties":{{"command":{{"type":"string"}},)"
                            R"("timeout":{{"type":"integer","description":"seconds"}}{}}},)"
                            R"("required":["command"]}})",
                            background_ == nullptr ? "" : kBackgroundSchema)};
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        return command_argument(arguments);
    }

    Result<ToolResult> run(std::string_view arguments, std::stop_token stop,
                           const OutputSink& on_output) override {
        const auto parsed = parse_json(arguments);
        if (!parsed) return failure(parsed.error());
        const auto command = command_argument(arguments);
        if (command.empty()) return failure("Error: bash needs {\"command\": \"...\"}.");
        const auto* opened = TRY(sandbox_());
        auto box = *opened;
        if (background_ != nullptr && bool_member(*parsed, "background").value_or(false))
            return run_in_background(*parsed, box, command, stop);
        if (const auto limit = integer_member(*parsed, "timeout"); limit && *limit > 0)
            box = box.with_timeout(std::chrono::seconds(std::min(*limit, kMaxSeconds)));
        std::string so_far;
        if (on_output) on_output(so_far);
        const auto ran = box.run(command, stop, [&](std::string_view piece) {
            if (!on_output) return;
            so_far += piece;
            // What comes is shown cut as the result will be; the whole of it is never kept twice.
            if (so_far.size() > 2 * kMaxResult) so_far = std::string(utf8_end(so_far, kMaxResult));
            on_output(to_valid_utf8(so_far));
        });
        // A script that is too long is for the model to mend.
        if (!ran && (ran.error().code() == Code::kTooLarge || ran.error().code() == Code::kInvalidInput))
            return failure(ran.error());
        const auto exit = TRY(ran);
        std::string text = exit.out + (exit.out.empty() || exit.out.back() == '\n' ? "" : "\n") + exit.err;
        text = head_and_tail(to_valid_utf8(text), kMaxResult / 2, kMaxResult / 2);
        if (!exit.ok())
            text +=
                fmt::format("{}[{}]", text.empty() || text.back() == '\n' ? "" : "\n", os::describe(exit));
        return ToolResult{text.empty() ? "[no output]" : text, !exit.ok()};
    }

private:
    Result<ToolResult> run_in_background(const json::value& arguments, const sandbox::Sandbox& box,
                                         const std::string& command, const std::stop_token& stop) {
        std::optional<std::chrono::milliseconds> limit;
        if (const auto seconds = integer_member(arguments, "timeout"); seconds && *seconds > 0)
            limit = std::chrono::seconds(std::min(*seconds, kMaxBackgroundSeconds));
        auto started = start_in_background(*background_, box, command, limit, stop);
        // These are for the model to mend.
        if (!started &&
            (started.error().code() == Code::kConflict || started.error().code() == Code::kTooLarge ||
             started.error().code() == Code::kInvalidInput))
            return failure(started.error());
        return started;
    }

    SandboxSource sandbox_;
    BackgroundShells* background_;
};

}  // namespace

chat::Tool edit_description() {
    return {"edit", "Replaces one piece of text in a file. old_text must stand there once.",
            R"({"type":"object","properties":{"path":{"type":"string"},"old_text":{"type":"string"},)"
            R"("new_text":{"type":"string"}},"required":["path","old_text","new_text"]})"};
}

ToolBox core_tools(const sandbox::WorkspaceFiles& files, SandboxSource sandbox,
                   std::vector<std::string> read_only, const ReadableBeside* beside,
                   BackgroundShells* background) {
    ToolBox tools;
    tools.push_back(std::make_unique<ReadTool>(files, beside));
    tools.push_back(std::make_unique<WriteTool>(files, read_only));
    tools.push_back(std::make_unique<EditTool>(files, std::move(read_only)));
    tools.push_back(std::make_unique<BashTool>(std::move(sandbox), background));
    return tools;
}

}  // namespace hearth::agent
