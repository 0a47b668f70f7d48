#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/image.h"
#include "core/result.h"

namespace hearth::agent {

// One command of pi's RPC protocol (version 1.5.2), or one that hearth adds. Members that a command does not have are empty.
struct RpcCommand {
    std::optional<std::string> id;  // repeated in the answer
    std::string type;               // empty when it has none
    std::string type_json;          // as it was written, to be repeated; empty when it has none

    std::optional<std::string> message;              // prompt, steer, follow_up
    std::vector<chat::Image> images;                 // prompt, steer, follow_up
    std::string images_fault;                        // why they cannot be taken; empty where they can
    std::optional<std::string> streaming_behavior;   // prompt: "steer", "followUp"
    std::optional<std::string> provider;             // set_model
    std::optional<std::string> model_id;             // set_model
    std::optional<std::string> level;                // set_thinking_level
    std::optional<std::string> mode;                 // set_steering_mode, set_follow_up_mode
    std::optional<bool> enabled;                     // set_auto_compaction, set_auto_retry
    std::optional<std::string> custom_instructions;  // compact, navigate_tree
    std::optional<std::string> command;              // bash
    bool exclude_from_context = false;               // bash
    std::optional<std::string> parent_session;       // new_session
    std::optional<std::string> session_path;         // switch_session
    std::optional<std::string> output_path;          // export_html
    std::optional<std::string> entry_id;             // fork; restore_files, navigate_tree, set_label
    std::optional<std::string> since;                // get_entries
    std::optional<std::string> name;                 // set_session_name
    // Of hearth's own commands:
    std::optional<std::string> label;    // set_label
    std::optional<std::int64_t> from;    // diff: turns
    std::optional<std::int64_t> to;      // diff
    std::optional<bool> force;           // undo, redo, restore_files, navigate_tree
    std::optional<bool> look_only;       // undo, redo, restore_files
    std::optional<bool> summarize;       // navigate_tree
    std::optional<bool> restore_files;   // navigate_tree
    std::optional<std::string> path;     // allow_in_plan
    std::optional<std::string> tools;    // register_tools: a JSON array
    std::optional<std::string> call_id;  // host_tool_result
    std::optional<std::string> text;     // host_tool_result
    bool is_error = false;               // host_tool_result
    // Of extensions:
    std::optional<std::string> value;  // extension_ui_response
    std::optional<bool> confirmed;     // extension_ui_response
    bool cancelled = false;            // extension_ui_response

    // Who gets the answer, where it is not the client: called once with the line.
    std::function<void(std::string_view line)> reply = {};
};

// A line as a command. JSON that is no object is a command without a type. Errors: kCorrupt for what is no JSON.
[[nodiscard]] Result<RpcCommand> parse_rpc_command(std::string_view line);

// The answer to a command, as one line without its line feed; `data` is JSON, empty for an answer that has none.
[[nodiscard]] std::string rpc_success(const RpcCommand& command, std::string_view data = {});
[[nodiscard]] std::string rpc_failure(const RpcCommand& command, std::string_view error);

// The error of a command without a member that it needs.
[[nodiscard]] Error lacks(const RpcCommand& command, std::string_view member);

// The answer to a line that is no JSON.
[[nodiscard]] std::string rpc_parse_failure(std::string_view reason);

}  // namespace hearth::agent
