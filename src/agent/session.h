#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/entry.h"
#include "chat/message.h"
#include "core/known_secrets.h"
#include "core/result.h"

namespace hearth::agent {

// The first line of a session.
struct SessionHeader {
    std::string id;  // a UUID
    std::int64_t version = 3;
    std::string timestamp;       // ISO
    std::string workspace;       // the folder that it was made in
    std::string parent_session;  // path of the session that it was forked from; usually empty
    std::string json;            // the whole line
};

struct SessionContent {
    SessionHeader header;
    std::vector<Entry> entries;  // in the order of the file
    std::string leaf;            // the entry that the next one goes behind
};

// One agent conversation: an append-only tree of entries in a JSONL file, in the version-3 session format
// that pi reads, each line with a mark of its own (store/append_log.h). A line is on disk before append()
// returns, so a kill loses nothing that was acknowledged.
// Threads: any may call; each call sees the session between two others. entries() is for a session that one thread uses.
class Session {
public:
    // A new file under `folder`/--<workspace>--/. It appears with its first entry.
    static Result<Session> create(const std::filesystem::path& folder,
                                  const std::filesystem::path& workspace);

    // A new file in `folder` itself, forked from the session in the file `parent` (empty: from none).
    static Result<Session> create_in(const std::filesystem::path& folder,
                                     const std::filesystem::path& workspace, std::string_view parent = {});

    // One that is in memory only and is lost with this object.
    static Session in_memory(const std::filesystem::path& workspace, std::string_view parent = {});

    // Reads a session and goes on appending to it. Torn and damaged lines lose only themselves; `notices`
    // tells them. Errors: kNotFound, kConflict when another process writes it, kCorrupt when its header is
    // not one, kUnsupported when its format is older or newer than version 3.
    static Result<Session> open(const std::filesystem::path& file,
                                std::vector<std::string>* notices = nullptr);

    // The entries of a file without opening it for writing.
    static Result<std::vector<Entry>> read(const std::filesystem::path& file,
                                           std::vector<std::string>* notices = nullptr);

    // All of a file without opening it for writing. Versions 1 (a plain list) and 2 are read as what they mean in version 3.
    static Result<SessionContent> read_all(const std::filesystem::path& file,
                                           std::vector<std::string>* notices = nullptr);

    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    ~Session();

    // Appends behind the current leaf, which the new entry becomes. Returns its id.
    Result<std::string> append(const chat::Message& message, const MessageFacts& facts = {});

    // State that is never sent to a model, beside the conversation: the leaf stays. `data` is JSON.
    Result<std::string> append_custom(std::string_view custom_type, std::string_view data);

    // An entry of another type of the format, behind the leaf, which it becomes. `fields` is a JSON object with what the type
    // has beyond id, parentId and timestamp. Errors: also kInvalidInput when it is none.
    // `id`: one of unused_id(), where the fields speak of it.
    Result<std::string> append_entry(std::string_view type, std::string_view fields, std::string id = {});

    // An id that no entry has.
    [[nodiscard]] std::string unused_id() const;

    // Copies entries of another session, each with its id and parent, in their order; the last becomes the leaf, but for state that
    // stands beside the conversation.
    Status adopt(const std::vector<const Entry*>& entries);

    // From now on these secrets are taken out of what is appended, and out of what entries() tells of what was. Lines that the file
    // has already stay as they are. What then would be no entry any more (a secret that is a word of the format) is not appended.
    void keep_out(std::shared_ptr<const KnownSecrets> secrets);

    // The next entry goes behind this one (or at the root, when empty): a new branch. Nothing is removed.
    Status branch_from(std::string_view entry_id);

    [[nodiscard]] std::string leaf() const;

    // The messages from the root to the leaf, which are what a model is sent. Pure on the log (branch.h).
    [[nodiscard]] std::vector<chat::Message> messages() const;

    [[nodiscard]] const std::vector<Entry>& entries() const;

    // Looks at all entries and the leaf while no other thread appends. `look` must not call the session.
    void look(
        const std::function<void(const std::vector<Entry>& entries, const std::string& leaf)>& look) const;

    // Empty for one that is in memory only.
    [[nodiscard]] const std::filesystem::path& file() const;

    [[nodiscard]] const SessionHeader& header() const;

private:
    struct State;
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Takes secrets out of what was read of a session.
void take_out(std::vector<Entry>& entries, const KnownSecrets& secrets);

// "--home-ann-project--": the folder in which sessions of a workspace are kept, as one name.
[[nodiscard]] std::string session_folder_name(const std::filesystem::path& workspace);

}  // namespace hearth::agent
