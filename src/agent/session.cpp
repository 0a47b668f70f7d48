#include "agent/session.h"

#include <fmt/format.h>
#include <map>
#include <utility>

#include <boost/json.hpp>

#include "agent/detail/session_json.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "store/append_log.h"

namespace hearth::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFolderName = 200;  // file systems take 255 bytes

// "--home-ann-project--": the workspace's path as one folder name. Of a path too long for one, the end and a hash.
std::string folder_name(const fs::path& workspace) {
    auto name = workspace.lexically_normal().string();
    while (name.starts_with('/'))
        name.erase(0, 1);
    for (char& c : name) {
        if (c == '/' || c == '\\' || c == ':') c = '-';
    }
    if (name.size() > kMaxFolderName) {
        name = fmt::format("{}-{}", os::sha256(name).substr(0, 16),
                           to_valid_utf8(name.substr(name.size() - 120)));
    }
    return fmt::format("--{}--", name);
}

// Sorts the records of a file into its header and its entries.
class Reader {
public:
    bool take(const store::LogRecord& record) {
        if (detail::is_header(record.json)) {
            has_header_ = true;
        } else if (auto entry = detail::decode_entry(record.json)) {
            entries_.push_back(*std::move(entry));
        }
        return true;
    }

    Result<std::vector<Entry>> finish(const fs::path& file, const store::LogReport& report,
                                      std::vector<std::string>* notices) && {
        for (const auto& notice : report.notices) {
            if (notices != nullptr) notices->push_back(fmt::format("{}: {}", file.string(), notice.text));
        }
        if (!has_header_) {
            return Error(Code::kCorrupt,
                         fmt::format("{} is not a session: it has no header line", file.string()));
        }
        return std::move(entries_);
    }

private:
    bool has_header_ = false;
    std::vector<Entry> entries_;
};

}  // namespace

struct Session::State {
    fs::path file;
    std::string header;  // written with the first entry
    std::optional<store::AppendLog> log;
    std::vector<Entry> entries;
    std::map<std::string, std::size_t, std::less<>> by_id;
    std::string leaf;

    void keep(Entry entry) {
        by_id[entry.id] = entries.size();
        if (entry.type != "custom") leaf = entry.id;  // state stands beside the conversation, not in it
        entries.push_back(std::move(entry));
    }

    Status open_log() {
        if (log) return {};
        TRY(os::make_directories(file.parent_path()));
        log = TRY(store::AppendLog::open(file));
        TRY(log->append(header, store::Durability::kBuffered));  // synced with the entry behind it
        return {};
    }

    Result<std::string> write(Entry entry) {
        TRY(open_log());
        entry.id = random_hex(8);
        while (by_id.contains(entry.id))
            entry.id = random_hex(8);
        entry.parent_id = leaf;
        TRY(log->append(detail::encode_entry(entry, unix_ms_now()), store::Durability::kSync));
        auto id = entry.id;
        keep(std::move(entry));
        return id;
    }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}

Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::create(const fs::path& folder, const fs::path& workspace) {
    const auto now = unix_ms_now();
    const auto id = uuid_v7(now);
    auto stamp = iso_time(now);
    for (char& c : stamp) {
        if (c == ':' || c == '.') c = '-';
    }
    auto state = std::make_unique<State>();
    state->file = folder / folder_name(workspace) / fmt::format("{}_{}.jsonl", stamp, id);
    state->header = detail::encode_header(id, now, workspace.string());
    return Session(std::move(state));
}

Result<std::vector<Entry>> Session::read(const fs::path& file, std::vector<std::string>* notices) {
    Reader reader;
    const auto report =
        TRY(store::read_log(file, [&](const store::LogRecord& record) { return reader.take(record); }));
    return std::move(reader).finish(file, report, notices);
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
    auto entries = TRY(std::move(reader).finish(file, state->log->loaded(), notices));
    for (auto& entry : entries)
        state->keep(std::move(entry));
    return Session(std::move(state));
}

Result<std::string> Session::append(const chat::Message& message, const MessageFacts& facts) {
    Entry entry;
    entry.type = "message";
    entry.message = message;
    entry.facts = facts;
    return state_->write(std::move(entry));
}

Result<std::string> Session::append_custom(std::string_view custom_type, std::string_view data) {
    Entry entry;
    entry.type = "custom";
    entry.custom_type = std::string(custom_type);
    entry.custom_data = std::string(data);
    return state_->write(std::move(entry));
}

Status Session::branch_from(std::string_view entry_id) {
    if (!entry_id.empty() && !state_->by_id.contains(entry_id)) {
        return Error(Code::kNotFound, fmt::format("the session has no entry {}", entry_id));
    }
    state_->leaf = std::string(entry_id);
    return {};
}

const std::string& Session::leaf() const { return state_->leaf; }

std::vector<chat::Message> Session::messages() const {
    std::vector<chat::Message> path;
    std::size_t steps = 0;  // a damaged file may hold a ring of parents
    auto found = state_->by_id.find(state_->leaf);
    while (found != state_->by_id.end() && steps++ <= state_->entries.size()) {
        const auto& entry = state_->entries[found->second];
        if (entry.message) path.push_back(*entry.message);
        found = state_->by_id.find(entry.parent_id);
    }
    return {path.rbegin(), path.rend()};
}

const std::vector<Entry>& Session::entries() const { return state_->entries; }

const fs::path& Session::file() const { return state_->file; }

}  // namespace hearth::agent
