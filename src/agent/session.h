#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/message.h"
#include "core/result.h"

namespace hearth::agent {

// What a session keeps of one message beside its text.
struct MessageFacts {
    std::string model;  // assistant: who wrote it
    chat::Usage usage;  // assistant
    chat::StopReason reason = chat::StopReason::kStop;
    bool is_error = false;  // tool result
    std::string tool_name;  // tool result
};

struct Entry {
    std::string id;
    std::string parent_id;  // empty for the first
    std::string type;       // "message", "custom", or a type that another program wrote
    std::optional<chat::Message> message;
    MessageFacts facts;
    std::string custom_type;  // of a custom entry
    std::string custom_data;  // JSON
};

// One agent conversation: an append-only tree of entries in a JSONL file, in the version-3 session format
// that pi reads, each line with a mark of its own (store/append_log.h). A line is on disk before append()
// returns, so a kill loses nothing that was acknowledged. Threads: one owner.
class Session {
public:
    // A new file under `folder`/--<workspace>--/. It appears with its first entry.
    static Result<Session> create(const std::filesystem::path& folder,
                                  const std::filesystem::path& workspace);

    // Reads a session and goes on appending to it. Torn and damaged lines lose only themselves; `notices`
    // tells them. Errors: kNotFound, kConflict when another process writes it, kCorrupt when its header is
    // not one.
    static Result<Session> open(const std::filesystem::path& file,
                                std::vector<std::string>* notices = nullptr);

    // The entries of a file without opening it for writing.
    static Result<std::vector<Entry>> read(const std::filesystem::path& file,
                                           std::vector<std::string>* notices = nullptr);

    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    ~Session();

    // Appends behind the current leaf, which the new entry becomes. Returns its id.
    Result<std::string> append(const chat::Message& message, const MessageFacts& facts = {});

    // State that is never sent to a model, beside the conversation: the leaf stays. `data` is JSON.
    Result<std::string> append_custom(std::string_view custom_type, std::string_view data);

    // The next entry goes behind this one (or at the root, when empty): a new branch. Nothing is removed.
    Status branch_from(std::string_view entry_id);

    [[nodiscard]] const std::string& leaf() const;

    // The messages from the root to the leaf, which are what a model is sent. Pure on the log.
    [[nodiscard]] std::vector<chat::Message> messages() const;

    [[nodiscard]] const std::vector<Entry>& entries() const;

    [[nodiscard]] const std::filesystem::path& file() const;

private:
    struct State;
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hearth::agent
