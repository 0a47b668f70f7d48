#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "sandbox/own_folder.h"
#include "scaffold/progress.h"

namespace hearth::scaffold {

// What is known of a project from one session to the next: activeContext.md, progress.json and architectural_decisions.md in
// `.hearth/memory`. Code writes them from what happened; a person may change them at any time, and nothing that they write is lost: each
// change is made to the text as it is then, and made again where it was changed meanwhile. A progress.json that cannot be read is set aside.
// Errors: those of sandbox::OwnFolder.
// Threads: one owner; other processes may have the same folder.
class MemoryBank {
public:
    // `make`: a person asked for it. Without it nothing where there is no such folder.
    static Result<std::optional<MemoryBank>> open(std::filesystem::path workspace, bool make);

    // What a model is told at the start of a session, at most about `bytes` long; empty when there is nothing to tell.
    [[nodiscard]] Result<std::string> notes(std::size_t bytes);

    // What is known of a session now. A file that vanished is made again as it was.
    Status keep(const SessionProgress& session);

    // One more decision, such as the plan that was signed.
    Status decide(std::string_view decision);

    // What a person should know, each said once.
    [[nodiscard]] std::vector<std::string> take_notices() { return std::exchange(notices_, {}); }

private:
    using Change = std::function<Result<std::string>(const std::optional<std::string>& old)>;

    MemoryBank(std::filesystem::path workspace, sandbox::OwnFolder folder)
        : workspace_(std::move(workspace)), folder_(std::move(folder)) {}

    Status update(const std::string& name, const Change& change);
    Status set_aside_if_broken();
    Status make_again();
    [[nodiscard]] Result<std::string> text_of(const std::string& name);

    std::filesystem::path workspace_;
    sandbox::OwnFolder folder_;
    std::map<std::string, std::string, std::less<>> last_;  // as each file was when it was last seen here
    std::vector<std::string> notices_;
};

}  // namespace hearth::scaffold
