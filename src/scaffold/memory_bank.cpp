#include "scaffold/memory_bank.h"

#include <fmt/format.h>

#include "core/ids.h"
#include "core/text.h"

namespace hearth::scaffold {
namespace {

const std::string kFolder = "memory";
const std::string kContext = "activeContext.md";
const std::string kProgress = "progress.json";
const std::string kDecisions = "architectural_decisions.md";
constexpr int kMostTries = 8;  // at a file that somebody else keeps changing

}  // namespace

Result<std::optional<MemoryBank>> MemoryBank::open(std::filesystem::path workspace, bool make) {
    using sandbox::OwnFolder;
    auto folder = OwnFolder::open(workspace, kFolder, make ? OwnFolder::Make::kYes : OwnFolder::Make::kNo);
    if (!folder && folder.error().code() == Code::kNotFound && !make) return std::optional<MemoryBank>();
    if (!folder) return folder.error().with_context("the memory of this project");
    MemoryBank bank(std::move(workspace), *std::move(folder));
    if (make) {
        TRY(bank.update(kContext,
                        [](const auto& old) { return old.value_or(active_context_with(std::nullopt, {})); }));
        TRY(bank.update(kDecisions,
                        [](const auto& old) { return old.value_or(decisions_with(std::nullopt, 0, "")); }));
    }
    return std::optional(std::move(bank));
}

Result<std::string> MemoryBank::text_of(const std::string& name) {
    auto text = TRY(folder_.read(name));
    if (text) last_[name] = *text;
    return to_valid_utf8(text.value_or(""));
}

Result<std::string> MemoryBank::notes(std::size_t bytes) {
    const auto context = TRY(text_of(kContext));
    const auto decisions = TRY(text_of(kDecisions));
    std::string out;
    // Decisions grow at their end, and there the latest are.
    if (!trim(context).empty()) out += head_and_tail(trim(context), bytes * 2 / 5, bytes / 5);
    if (!trim(decisions).empty())
        out += (out.empty() ? "" : "\n\n") + head_and_tail(trim(decisions), bytes / 10, bytes * 3 / 10);
    return out;
}

// Somebody removed the folder (a command of another session that began before it was made, or a person): what was seen of it is
// written again.
Status MemoryBank::make_again() {
    folder_ = TRY(sandbox::OwnFolder::open(workspace_, kFolder, sandbox::OwnFolder::Make::kYes));
    for (const auto& [name, text] : last_) {
        auto written = folder_.swap(name, std::nullopt, text);
        if (!written && written.error().code() != Code::kConflict) return written;
    }
    return {};
}

Status MemoryBank::update(const std::string& name, const Change& change) {
    for (int tries = 0; tries < kMostTries; ++tries) {
        auto reached = sandbox::OwnFolder::open(workspace_, kFolder, sandbox::OwnFolder::Make::kNo);
        if (!reached) {
            if (reached.error().code() != Code::kNotFound) return reached.error();
            TRY(make_again());
        } else {
            folder_ = *std::move(reached);
        }
        const auto old = TRY(folder_.read(name));
        const auto now = TRY(change(old));
        if (old == now) {
            last_[name] = now;
            return {};
        }
        auto written = folder_.swap(name, old, now);
        if (written) {
            last_[name] = now;
            return {};
        }
        const auto code = written.error().code();
        if (code != Code::kConflict && code != Code::kNotFound) return written;
    }
    return Error(Code::kConflict,
                 fmt::format(".hearth/memory/{} is changed again and again by somebody else", name));
}

// Torn, or broken by hand: it stays, under another name.
Status MemoryBank::set_aside_if_broken() {
    const auto text = TRY(folder_.read(kProgress));
    if (!text) return {};
    const auto parsed = parse_progress(*text);
    if (parsed || parsed.error().code() == Code::kUnsupported) return {};
    const auto aside = fmt::format("progress.json.broken-{}", random_hex(8));
    TRY(folder_.rename(kProgress, aside));
    notices_.push_back(fmt::format("{}: it is kept as .hearth/memory/{}, and a new one begins",
                                   parsed.error().message(), aside));
    return {};
}

Status MemoryBank::keep(const SessionProgress& session) {
    // Between hearths one after the other; a person's editor knows no lock, which is what update() is for.
    const auto held = folder_.lock();
    if (!held && held.error().code() != Code::kNotFound) return held.error();
    TRY(set_aside_if_broken());
    std::vector<SessionProgress> all;
    TRY(update(kProgress, [&](const std::optional<std::string>& old) -> Result<std::string> {
        auto now = TRY(progress_with(old, session));
        all = TRY(parse_progress(now));
        return now;
    }));
    return update(kContext, [&](const auto& old) { return active_context_with(old, all); });
}

Status MemoryBank::decide(std::string_view decision) {
    return update(kDecisions, [&](const auto& old) { return decisions_with(old, unix_ms_now(), decision); });
}

}  // namespace hearth::scaffold
