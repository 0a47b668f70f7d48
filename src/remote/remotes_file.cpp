#include "remote/remotes_file.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "core/json.h"
#include "core/text.h"
#include "guard/secret_store.h"
#include "os/files.h"

namespace hearth::remote {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20U;
constexpr std::size_t kMostModelName = 200;

Error wrong(std::string words) { return {Code::kInvalidInput, std::move(words)}; }

bool is_model_name(std::string_view text) {
    return !text.empty() && text.size() <= kMostModelName && trim(text) == text && printable(text) == text &&
           text.find_first_of("\t\n=") == std::string_view::npos;
}

// Held while the file is read, changed and written.
Result<os::FileLock> lock_of(const fs::path& file) {
    TRY(os::make_directories(file.parent_path()));
    return os::FileLock::try_acquire(fs::path(file.string() + ".lock"));
}

Result<std::string> text_of(const fs::path& file) {
    auto text = os::read_file(file, kMostFileBytes);
    if (!text && text.error().code() == Code::kNotFound) return std::string();
    return text;
}

constexpr std::string_view kFirstLines =
    "# Servers elsewhere whose models `hearth serve` offers. Written by `hearth remote`, may be changed by "
    "hand;\n"
    "# a running server reads it again on SIGHUP. docs/serve.md, \"Engines elsewhere\", has the fields.\n";

}  // namespace

Result<OfferedName> parse_offered_name(std::string_view text) {
    const auto equals = text.find('=');
    OfferedName name;
    name.here = text.substr(0, equals);
    name.there = equals == std::string_view::npos ? name.here : std::string(text.substr(equals + 1));
    if (!is_model_name(name.here) || !is_model_name(name.there))
        return wrong(
            fmt::format("'{}' names no model: write NAME, or HERE=THERE where it has another name "
                        "there",
                        printable(text.substr(0, kMostModelName))));
    return name;
}

std::string offered_name_text(const OfferedName& name) {
    return name.here == name.there ? name.here : name.here + "=" + name.there;
}

Status check_remote(const Remote& remote) {
    if (!guard::check_secret_name(remote.name))
        return wrong("the name of a remote has 1 to 64 letters, digits, '-', '_' and '.'");
    if (!remote.secret.empty()) TRY(guard::check_secret_name(remote.secret));
    if (remote.slots < 1 || remote.slots > kMostSlots)
        return wrong(fmt::format("slots are from 1 to {}, not {}", kMostSlots, remote.slots));
    if (remote.context.value < 0 || remote.context.value > kMostContext)
        return wrong(fmt::format("a context window has up to {} tokens", kMostContext));
    std::set<std::string_view> here;
    for (const OfferedName& model : remote.models)
        if (!here.insert(model.here).second)
            return wrong(fmt::format("the model '{}' is there twice", printable(model.here)));
    if (!remote.secret.empty() && !remote.url.tls && !remote.secret_in_clear && !is_private(remote.url))
        return wrong(
            fmt::format("{} is plain HTTP and not in a private network, where everybody between could "
                        "read the secret: use https (or allow it, with --secret-in-clear or "
                        "`secret_in_clear = true`)",
                        url_words(remote.url)));
    return {};
}

std::string with_remote(std::string text, const Remote& remote) {
    if (trim(text).empty()) text = kFirstLines;
    if (!text.ends_with('\n')) text += '\n';
    text += "\n[[remote]]\n";
    // Strings of JSON without control characters are strings of TOML.
    text += fmt::format("name = {}\nurl = {}\n", json_quote(remote.name), json_quote(url_words(remote.url)));
    if (!remote.secret.empty()) text += fmt::format("secret = {}\n", json_quote(remote.secret));
    if (remote.secret_in_clear) text += "secret_in_clear = true\n";
    std::vector<std::string> models;
    for (const OfferedName& model : remote.models)
        models.push_back(json_quote(offered_name_text(model)));
    if (!models.empty()) text += fmt::format("models = [{}]\n", join(models, ", "));
    text += fmt::format("slots = {}\n", remote.slots);
    if (remote.context.value > 0) text += fmt::format("context = {}\n", remote.context.value);
    return text;
}

std::string without_remote(std::string_view text, const std::vector<Remote>& remotes, std::string_view name) {
    const auto found = std::ranges::find(remotes, name, &Remote::name);
    if (found == remotes.end()) return std::string(text);
    const std::vector<std::string_view> lines = split_lines(text);
    // Up to the comment above the next one.
    const auto own_first = [&](std::size_t line) {
        while (line > 1 && trim(lines[line - 2]).starts_with('#'))
            --line;
        return line;
    };
    const std::size_t begin = own_first(found->line);
    std::size_t end = lines.size() + 1;
    for (const Remote& other : remotes)
        if (other.line > found->line) end = std::min(end, own_first(other.line));
    std::string left;
    for (std::size_t line = 1; line <= lines.size(); ++line)
        if (line < begin || line >= end) left.append(lines[line - 1]).append("\n");
    return left;
}

Result<std::vector<Remote>> load_remotes(const fs::path& file) {
    const std::string text = TRY(text_of(file));
    return parse_remotes(text, file);
}

Status add_remote(const fs::path& file, const Remote& remote) {
    TRY(check_remote(remote));
    const os::FileLock lock = TRY(lock_of(file));
    const std::string text = TRY(text_of(file));
    const std::vector<Remote> remotes = TRY(parse_remotes(text, file));
    if (std::ranges::find(remotes, remote.name, &Remote::name) != remotes.end())
        return Error(Code::kConflict,
                     fmt::format("there is a remote '{}' already: remove it first with `hearth remote rm {}`",
                                 remote.name, remote.name));
    return os::write_file_atomic(file, with_remote(text, remote), 0600);
}

Status remove_remote(const fs::path& file, std::string_view name) {
    const os::FileLock lock = TRY(lock_of(file));
    const std::string text = TRY(text_of(file));
    const std::vector<Remote> remotes = TRY(parse_remotes(text, file));
    if (std::ranges::find(remotes, name, &Remote::name) == remotes.end())
        return Error(Code::kNotFound, fmt::format("there is no remote '{}'", printable(name)));
    return os::write_file_atomic(file, without_remote(text, remotes, name), 0600);
}

}  // namespace hearth::remote
