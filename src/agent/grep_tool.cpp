#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <re2/re2.h>

#include "agent/detail/look_output.h"
#include "agent/folder_walk.h"
#include "agent/glob.h"
#include "agent/look_tools.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kUsualMatches = 100;
constexpr std::size_t kMostCharacters = 500;  // of a line that is shown
constexpr std::size_t kMostPattern = 1000;    // bytes
constexpr std::int64_t kMostContext = 100;    // lines on either side
constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20U;
constexpr std::int64_t kMostMemory = std::int64_t{8}
                                     << 20U;  // of an expression; where more is needed, it is slower

struct Request {
    std::string pattern;
    std::string path;
    std::string glob;
    bool any_case = false;
    bool literal = false;
    std::size_t context = 0;
    std::size_t limit = kUsualMatches;
};

Result<Request> request_of(std::string_view arguments) {
    const auto parsed = TRY(parse_json(arguments));
    Request out{.pattern = std::string(string_member(parsed, "pattern").value_or("")),
                .path = std::string(string_member(parsed, "path").value_or("")),
                .glob = std::string(string_member(parsed, "glob").value_or("")),
                .any_case = bool_member(parsed, "ignoreCase").value_or(false),
                .literal = bool_member(parsed, "literal").value_or(false),
                .context = static_cast<std::size_t>(
                    std::clamp<std::int64_t>(integer_member(parsed, "context").value_or(0), 0, kMostContext)),
                .limit = detail::limit_of(integer_member(parsed, "limit"), kUsualMatches)};
    if (out.pattern.empty()) return Error(Code::kInvalidInput, "grep needs {\"pattern\": \"...\"}.");
    if (out.pattern.size() > kMostPattern || out.glob.size() > kMostPattern)
        return Error(Code::kTooLarge, fmt::format("a pattern has {} bytes at most.", kMostPattern));
    return out;
}

re2::RE2::Options options_of(const Request& request) {
    re2::RE2::Options out;
    out.set_log_errors(false);
    out.set_literal(request.literal);
    out.set_case_sensitive(!request.any_case);
    out.set_max_mem(kMostMemory);
    return out;
}

// Which files are searched, by their path below the folder; one with '!' says which are not.
class Searched {
public:
    explicit Searched(std::string_view glob) {
        negated_ = glob.starts_with('!');
        if (negated_) glob.remove_prefix(1);
        while (glob.starts_with("./"))
            glob.remove_prefix(2);
        if (glob.empty()) return;
        for (const auto& each : braces_expanded(glob)) {
            const bool tied = each.find('/') != std::string::npos;
            globs_.emplace_back(each.starts_with('/') ? each.substr(1) : tied ? each : "**/" + each);
        }
    }

    [[nodiscard]] bool has(std::string_view path) const {
        if (globs_.empty()) return true;
        if (!negated_) return fits(path);
        // What lies in a folder that is left out is left out too.
        for (auto slash = path.find('/'); slash != std::string_view::npos;
             slash = path.find('/', slash + 1)) {
            if (fits(path.substr(0, slash))) return false;
        }
        return !fits(path);
    }

private:
    [[nodiscard]] bool fits(std::string_view path) const {
        return std::ranges::any_of(globs_, [&](const Glob& glob) { return glob.matches(path); });
    }

    bool negated_ = false;
    std::vector<Glob> globs_;
};

// As it is shown: its first characters, in valid UTF-8; `cut` is set when there are more.
std::string shown_line(std::string_view line, bool& cut) {
    // Enough for one more than that, as a character has four bytes at most.
    auto front = to_valid_utf8(line.substr(0, 4 * (kMostCharacters + 1)));
    std::size_t characters = 0;
    for (std::size_t i = 0; i < front.size(); ++i) {
        const bool begins = (static_cast<unsigned char>(front[i]) & 0xc0U) != 0x80U;
        if (begins && characters++ == kMostCharacters) {
            cut = true;
            return front.substr(0, i) + "…";
        }
    }
    return front;
}

// Goes through files until there are enough lines.
class Search {
public:
    Search(const Request& request, const re2::RE2& pattern) : request_(request), pattern_(pattern) {}

    // False when there is no need to go on.
    bool file(const std::string& path, std::string_view content) {
        if (content.find('\0') != std::string_view::npos) return true;
        auto lines = split_lines(content);
        for (auto& line : lines) {
            if (line.ends_with('\r')) line.remove_suffix(1);
        }
        const auto left = request_.limit - matches_;
        const auto hits = hits_in(lines, left + 1);
        more_ = hits.size() > left;
        const auto shown = std::min(hits.size(), left);
        matches_ += shown;
        return show(path, lines, std::span(hits).first(shown)) && !more_;
    }

    void skip() { ++skipped_; }

    ToolResult result(const Walked& walked) {
        if (more_) {
            out_.note(fmt::format(
                "{} matches are shown and there are more; a narrower pattern, path or glob, or limit {}",
                request_.limit, request_.limit * 2));
        }
        if (cut_line_)
            out_.note(fmt::format("lines are cut at {} characters; read shows more", kMostCharacters));
        if (skipped_ > 0) {
            out_.note(fmt::format("{} of more than {} MiB not searched",
                                  skipped_ == 1 ? "1 file" : fmt::format("{} files", skipped_),
                                  kMaxFileBytes >> 20U));
        }
        out_.note(walked);
        return out_.result("[nothing found]", "a narrower pattern, path or glob");
    }

private:
    [[nodiscard]] std::vector<std::size_t> hits_in(const std::vector<std::string_view>& lines,
                                                   std::size_t most) const {
        std::vector<std::size_t> out;
        for (std::size_t i = 0; i < lines.size() && out.size() < most; ++i) {
            const re2::StringPiece line(lines[i].data(), lines[i].size());
            if (pattern_.Match(line, 0, line.size(), re2::RE2::UNANCHORED, nullptr, 0)) out.push_back(i);
        }
        return out;
    }

    // Lines around two hits that lie close together are shown once.
    bool show(const std::string& path, const std::vector<std::string_view>& lines,
              std::span<const std::size_t> hits) {
        std::size_t next = 0;
        for (std::size_t h = 0; h < hits.size(); ++h) {
            const auto hit = hits[h];
            const auto first = std::max(next, hit - std::min(hit, request_.context));
            auto end = std::min(hit + request_.context + 1, lines.size());
            if (h + 1 < hits.size()) end = std::min(end, hits[h + 1]);
            for (next = first; next < end; ++next) {
                if (!show_line(path, next, lines[next], next == hit)) return false;
            }
        }
        return true;
    }

    bool show_line(const std::string& path, std::size_t index, std::string_view line, bool is_hit) {
        const auto text = shown_line(line, cut_line_);
        return out_.add(is_hit ? fmt::format("{}:{}: {}", path, index + 1, text)
                               : fmt::format("{}-{}- {}", path, index + 1, text));
    }

    const Request& request_;
    const re2::RE2& pattern_;
    detail::LookOutput out_;
    std::size_t matches_ = 0;
    std::size_t skipped_ = 0;
    bool more_ = false;
    bool cut_line_ = false;
};

class GrepTool final : public Tool {
public:
    GrepTool(const sandbox::WorkspaceFiles& files, FileFilter may_show)
        : files_(files), may_show_(std::move(may_show)) {}

    [[nodiscard]] chat::Tool description() const override {
        return {
            "grep", "Finds lines in the files of the workspace. What .gitignore names is left out.",
            R"({"type":"object","properties":{"pattern":{"type":"string","description":"regular expression"},)"
            R"("path":{"type":"string","description":"only this folder or file"},)"
            R"("glob":{"type":"string","description":"only such files: *.py, src/**/*.ts"},)"
            R"("ignoreCase":{"type":"boolean"},)"
            R"("literal":{"type":"boolean","description":"the pattern is a plain text"},)"
            R"("context":{"type":"integer","description":"lines before and after"},)"
            R"("limit":{"type":"integer","description":"most matches, without it 100"}},"required":["pattern"]})"};
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        const auto parsed = parse_json(arguments);
        return parsed ? std::string(string_member(*parsed, "pattern").value_or("")) : std::string();
    }

    Result<ToolResult> run(std::string_view arguments, std::stop_token stop,
                           const OutputSink& /*on_output*/) override {
        const auto request = request_of(arguments);
        if (!request) return detail::look_failure(request.error().message());
        const re2::RE2 pattern(request->pattern, options_of(*request));
        if (!pattern.ok()) {
            return detail::look_failure(fmt::format(
                "the pattern is no regular expression that grep knows ({}). Looking ahead and back "
                "references are not known; with \"literal\": true the pattern is a plain text.",
                pattern.error()));
        }
        Search search(*request, pattern);
        if (const auto file = only_file(*request)) return in_file(search, *file);
        const Searched searched(request->glob);
        const auto walked =
            walk({.files = files_, .folder = request->path, .may_show = may_show_, .stop = std::move(stop)},
                 [&](const Found& found) {
                     if (!found.is_file || !searched.has(found.below)) return true;
                     return look(search, found.path);
                 });
        if (!walked) return detail::look_failure(walked.error().message());
        return search.result(*walked);
    }

private:
    // The path, if a file is to be searched and not a folder.
    [[nodiscard]] std::optional<std::string> only_file(const Request& request) const {
        if (request.path.empty() || is_of_git(request.path)) return std::nullopt;
        const auto folder = files_.look_into(request.path);
        if (folder || folder.error().code() != Code::kInvalidInput) return std::nullopt;
        return request.path;
    }

    bool look(Search& search, const std::string& path) const {
        const auto content = files_.read(path, kMaxFileBytes);
        if (content) return search.file(path, *content);
        if (content.error().code() == Code::kTooLarge) search.skip();
        return true;
    }

    [[nodiscard]] Result<ToolResult> in_file(Search& search, const std::string& path) const {
        Walked walked;
        if (may_show_ && !may_show_(path)) {
            walked.left_out = 1;
            return search.result(walked);
        }
        const auto content = files_.read(path, kMaxFileBytes);
        if (!content) return detail::look_failure(content.error().message());
        search.file(path, *content);
        return search.result(walked);
    }

    const sandbox::WorkspaceFiles& files_;
    FileFilter may_show_;
};

}  // namespace

std::unique_ptr<Tool> grep_tool(const sandbox::WorkspaceFiles& files, FileFilter may_show) {
    return std::make_unique<GrepTool>(files, std::move(may_show));
}

}  // namespace hearth::agent
