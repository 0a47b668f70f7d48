#include "agent/session.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "agent/branch.h"
#include "agent/detail/session_json.h"
#include "core/ids.h"
#include "core/text.h"
#include "os/files.h"
#include "store/append_log.h"

namespace hearth::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFolderName = 200;  // file systems take 255 bytes
constexpr std::int64_t kVersion = 3;

// Sorts the records of a file into its header and its entries.
class Reader {
public:
    bool take(const store::LogRecord& record) {
        if (!has_header_) {
            if (auto header = detail::decode_header(record.json)) {
                content_.header = *std::move(header);
                has_header_ = true;
                return true;
            }
        }
        if (has_header_ && content_.header.version < 2) {
            // Version 1 is a plain list: each entry stands behind the one before it.
            auto id = fmt::format("{:08x}", record.line);
            take_entry(detail::with_place(record.json, id, last_));
            last_ = std::move(id);
        } else {
            take_entry(record.json);
        }
        return true;
    }

    Result<SessionContent> finish(const fs::path& file, const store::LogReport& report,
                                  std::vector<std::string>* notices) && {
        for (const auto& notice : report.notices) {
            if (notices != nullptr) notices->push_back(fmt::format("{}: {}", file.string(), notice.text));
        }
        if (!has_header_) {
            return Error(Code::kCorrupt,
                         fmt::format("{} is not a session: it has no header line", file.string()));
        }
        if (content_.header.version > kVersion) {
            return Error(Code::kUnsupported,
                         fmt::format("{} is a session of format version {}; hearth reads versions 1 to {}",
                                     file.string(), content_.header.version, kVersion));
        }
        return std::move(content_);
    }

private:
    void take_entry(std::string_view line) {
        auto entry = detail::decode_entry(line);
        if (!entry) return;
        if (entry->type != "custom") content_.leaf = entry->id;
        content_.entries.push_back(*std::move(entry));
    }

    bool has_header_ = false;
    SessionContent content_;
    std::string last_;
};

std::string file_name(const SessionHeader& header) {
    auto stamp = header.timestamp;
    std::replace_if(stamp.begin(), stamp.end(), [](char c) { return c == ':' || c == '.'; }, '-');
    return fmt::format("{}_{}.jsonl", stamp, header.id);
}

// False for an entry that would be none without the secrets in it.
bool without_secrets(Entry& entry, const KnownSecrets& secrets) {
    const Redacted clean = secrets.without_in_json(entry.json);
    if (clean.removed == 0) return true;
    auto read = detail::decode_entry(clean.text);
    if (!read || read->type != entry.type || read->role != entry.role || read->id != entry.id) return false;
    entry = *std::move(read);
    return true;
}

SessionHeader new_header(const fs::path& workspace, std::string_view parent) {
    const auto now = unix_ms_now();
    return *detail::decode_header(detail::encode_header(uuid_v7(now), now, workspace.string(), parent));
}

}  // namespace

struct Session::State {
    mutable std::mutex mutex;  // guards all below but file and header, which never change
    fs::path file;             // empty: in memory only
    SessionHeader header;      // written with the first entry
    std::optional<store::AppendLog> log;
    std::vector<std::string> waiting;  // lines from before the first thing that was said
    std::vector<Entry> entries;
    std::map<std::string, std::size_t, std::less<>> by_id;
    std::string leaf;
    std::shared_ptr<const KnownSecrets> secrets;  // that are kept out; shared with all that does so

    void keep(Entry entry) {
        by_id[entry.id] = entries.size();
        if (entry.type != "custom") leaf = entry.id;  // state stands beside the conversation, not in it
        entries.push_back(std::move(entry));
    }

    std::string new_id() const {
        auto id = random_hex(8);
        while (by_id.contains(id))
            id = random_hex(8);
        return id;
    }

    Status open_log() {
        if (log) return {};
        TRY(os::make_directories(file.parent_path()));
        log = TRY(store::AppendLog::open(file));
        TRY(log->append(header.json, store::Durability::kBuffered));  // synced with the entry behind it
        for (const auto& line : waiting)
            TRY(log->append(line, store::Durability::kBuffered));
        waiting.clear();
        return {};
    }

    // A session of which nothing was said yet has no file: settings alone are not worth one.
    Status write(Entry entry) {
        if (secrets && !without_secrets(entry, *secrets))
            return Error(
                Code::kInvalidInput,
                "an entry of the session has a secret of yours as a word of its format, so it is not "
                "written: set a longer secret");
        const bool said = entry.message && entry.message->role != chat::Role::kSystem;
        if (file.empty() || (!log && !said)) {
            if (!file.empty()) waiting.push_back(entry.json);
            keep(std::move(entry));
            return {};
        }
        TRY(open_log());
        TRY(log->append(entry.json, store::Durability::kSync));
        keep(std::move(entry));
        return {};
    }

    Result<std::string> write_new(Entry entry) {
        entry.id = new_id();
        entry.parent_id = leaf;
        entry.json = detail::encode_entry(entry, unix_ms_now());
        if (entry.message) entry.role = detail::decode_entry(entry.json)->role;
        auto id = entry.id;
        TRY(write(std::move(entry)));
        return id;
    }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}

Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::create(const fs::path& folder, const fs::path& workspace) {
    return create_in(folder / session_folder_name(workspace), workspace);
}

Result<Session> Session::create_in(const fs::path& folder, const fs::path& workspace,
                                   std::string_view parent) {
    auto session = in_memory(workspace, parent);
    session.state_->file = folder / file_name(session.state_->header);
    return session;
}

Session Session::in_memory(const fs::path& workspace, std::string_view parent) {
    auto state = std::make_unique<State>();
    state->header = new_header(workspace, parent);
    return Session(std::move(state));
}

Result<SessionContent> Session::read_all(const fs::path& file, std::vector<std::string>* notices) {
    Reader reader;
    const auto report =
        TRY(store::read_log(file, [&](const store::LogRecord& record) { return reader.take(record); }));
    return std::move(reader).finish(file, report, notices);
}

Result<std::vector<Entry>> Session::read(const fs::path& file, std::vector<std::string>* notices) {
    return TRY(read_all(file, notices)).entries;
}

Result<Session> Session::open(const fs::path& file, std::vector<std::string>* notices) {
    auto state = std::make_unique<State>();
    state->file = file;
    if (std::error_code error; !fs::exists(file, error)) {
        return Error(Code::kNotFound, fmt::format("there is no session {}", file.string()));
    }
    Reader reader;
    state->log = TRY(
        store::AppendLog::open(file, [&](const store::LogRecord& record) { return reader.take(record); }));
    auto content = TRY(std::move(reader).finish(file, state->log->loaded(), notices));
    if (content.header.version < kVersion) {
        return Error(Code::kUnsupported,
                     fmt::format("{} has the older format version {}, which is read but not written: fork it",
                                 file.string(), content.header.version));
    }
    state->header = std::move(content.header);
    for (auto& entry : content.entries)
        state->keep(std::move(entry));
    return Session(std::move(state));
}

Result<std::string> Session::append(const chat::Message& message, const MessageFacts& facts) {
    Entry entry;
    entry.type = "message";
    entry.message = message;
    entry.facts = facts;
    const std::scoped_lock lock(state_->mutex);
    return state_->write_new(std::move(entry));
}

Result<std::string> Session::append_custom(std::string_view custom_type, std::string_view data) {
    Entry entry;
    entry.type = "custom";
    entry.custom_type = std::string(custom_type);
    entry.custom_data = std::string(data);
    const std::scoped_lock lock(state_->mutex);
    return state_->write_new(std::move(entry));
}

std::string Session::unused_id() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->new_id();
}

Result<std::string> Session::append_entry(std::string_view type, std::string_view fields, std::string id) {
    const std::scoped_lock lock(state_->mutex);
    if (id.empty()) id = state_->new_id();
    auto entry =
        detail::decode_entry(TRY(detail::encode_fields(type, id, state_->leaf, unix_ms_now(), fields)));
    if (!entry) return Error(Code::kInvalidInput, fmt::format("'{}' is no type of a session entry", type));
    TRY(state_->write(*std::move(entry)));
    return id;
}

Status Session::adopt(const std::vector<const Entry*>& entries) {
    const std::scoped_lock lock(state_->mutex);
    std::string parent;
    for (const auto* entry : entries) {
        auto copy = *entry;
        const bool beside = copy.type == "custom" &&
                            std::none_of(entries.begin(), entries.end(),
                                         [&](const Entry* each) { return each->parent_id == copy.id; });
        if (beside) {
            TRY(state_->write(std::move(copy)));
            continue;
        }
        // What stood behind a line that could not be read stands behind the line before it from now on.
        if (copy.parent_id != parent) copy.json = detail::with_place(copy.json, copy.id, parent);
        copy.parent_id = parent;
        parent = copy.id;
        TRY(state_->write(std::move(copy)));
    }
    state_->leaf = parent;
    return {};
}

void Session::keep_out(std::shared_ptr<const KnownSecrets> secrets) {
    const std::scoped_lock lock(state_->mutex);
    state_->secrets = std::move(secrets);
    if (state_->secrets) take_out(state_->entries, *state_->secrets);
}

Status Session::branch_from(std::string_view entry_id) {
    const std::scoped_lock lock(state_->mutex);
    if (!entry_id.empty() && !state_->by_id.contains(entry_id)) {
        return Error(Code::kNotFound, fmt::format("the session has no entry {}", entry_id));
    }
    state_->leaf = std::string(entry_id);
    return {};
}

std::string Session::leaf() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->leaf;
}

std::vector<chat::Message> Session::messages() const {
    std::vector<chat::Message> out;
    look([&](const std::vector<Entry>& entries, const std::string& leaf) {
        for (auto& item : branch_context(branch_path(entries, leaf)))
            out.push_back(std::move(item.message));
    });
    return out;
}

const std::vector<Entry>& Session::entries() const { return state_->entries; }

void Session::look(const std::function<void(const std::vector<Entry>&, const std::string&)>& look) const {
    const std::scoped_lock lock(state_->mutex);
    look(state_->entries, state_->leaf);
}

const fs::path& Session::file() const { return state_->file; }

const SessionHeader& Session::header() const { return state_->header; }

// One that would be no entry any more says nothing.
void take_out(std::vector<Entry>& entries, const KnownSecrets& secrets) {
    for (Entry& entry : entries) {
        if (without_secrets(entry, secrets)) continue;
        if (entry.message) entry.message->text = secrets.without(entry.message->text).text;
        entry.json = "{}";
    }
}

// Of a path too long for one name, the end and a hash.
std::string session_folder_name(const fs::path& workspace) {
    auto name = workspace.lexically_normal().string();
    while (name.starts_with('/'))
        name.erase(0, 1);
    std::replace_if(name.begin(), name.end(), [](char c) { return c == '/' || c == '\\' || c == ':'; }, '-');
    if (name.size() > kMaxFolderName) {
        name = fmt::format("{}-{}", os::sha256(name).substr(0, 16),
                           to_valid_utf8(name.substr(name.size() - 120)));
    }
    return fmt::format("--{}--", name);
}

}  // namespace hearth::agent
