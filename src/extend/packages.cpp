#include "extend/packages.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "extend/detail/fetch_package.h"
#include "extend/launch.h"
#include "extend/package_texts.h"
#include "os/files.h"

namespace hearth::extend {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNpm = "npm:";
constexpr std::string_view kGit = "git:";

Error invalid(std::string text) { return {Code::kInvalidInput, std::move(text)}; }

// Nothing that npm or git could take for an option, and no control characters.
bool is_plain(std::string_view text) {
    return !text.starts_with('-') && std::all_of(text.begin(), text.end(), [](unsigned char each) {
        return each > 0x20 && each != 0x7f;
    });
}

Result<PackageSource> npm_source(std::string_view text) {
    // The '@' of a scope is the first character.
    const auto at = text.find('@', 1);
    PackageSource source{.kind = PackageSource::Kind::kNpm,
                         .name = std::string(text.substr(0, at)),
                         .wanted = std::string(at == std::string_view::npos ? "" : text.substr(at + 1))};
    const auto allowed = [](unsigned char each) {
        return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '-' || each == '_' ||
               each == '.' || each == '@' || each == '/' || each == '~';
    };
    const bool name_is_good =
        !source.name.empty() && is_plain(source.name) && source.name.size() <= 214 &&
        std::all_of(source.name.begin(), source.name.end(), allowed) &&
        source.name.find("..") == std::string::npos && !source.name.starts_with('.') &&
        std::count(source.name.begin(), source.name.end(), '/') == (source.name.starts_with('@') ? 1 : 0);
    if (!name_is_good || !is_plain(source.wanted))
        return invalid(fmt::format("npm:{} names no package: npm:NAME or npm:NAME@VERSION", printable(text)));
    return source;
}

Result<PackageSource> git_source(std::string_view text) {
    // A ref stands behind the last '@' that is behind the host: git@host:a/b@v1.
    const auto slash = text.rfind('/');
    const auto at = slash == std::string_view::npos ? std::string_view::npos : text.find('@', slash);
    PackageSource source{.kind = PackageSource::Kind::kGit,
                         .name = std::string(text.substr(0, at)),
                         .wanted = std::string(at == std::string_view::npos ? "" : text.substr(at + 1))};
    if (source.name.empty() || !is_plain(source.name) || !is_plain(source.wanted) ||
        source.name.find("::") != std::string::npos)
        return invalid(
            fmt::format("git:{} is no address: git:HOST/PATH, or git:HOST/PATH@REF", printable(text)));
    // "github.com/user/repo" means https.
    const bool whole =
        source.name.find("://") != std::string::npos || source.name.find('@') != std::string::npos;
    if (!whole) source.name = "https://" + source.name;
    return source;
}

}  // namespace

Result<PackageSource> parse_source(std::string_view text, const fs::path& directory) {
    text = trim(text);
    if (text.empty()) return invalid("say what to install: npm:NAME, git:ADDRESS or a path");
    if (text.starts_with(kNpm)) return npm_source(text.substr(kNpm.size()));
    if (text.starts_with(kGit)) return git_source(text.substr(kGit.size()));
    for (const auto* scheme : {"https://", "http://", "ssh://", "file://"}) {
        if (text.starts_with(scheme)) return git_source(text);
    }
    PackageSource source{.kind = PackageSource::Kind::kPath};
    source.name = (directory / fs::path(text)).lexically_normal().string();
    while (source.name.size() > 1 && source.name.ends_with('/'))
        source.name.pop_back();
    return source;
}

std::string source_text(const PackageSource& source) {
    switch (source.kind) {
        case PackageSource::Kind::kNpm: return std::string(kNpm) + source.name;
        case PackageSource::Kind::kGit: return std::string(kGit) + source.name;
        case PackageSource::Kind::kPath: break;
    }
    return source.name;
}

Result<std::vector<Package>> parse_packages(std::string_view text) {
    const auto value = TRY(parse_json(text));
    if (integer_member(value, "version") != 1)
        return Error(Code::kUnsupported, "it is not of version 1, which this hearth reads");
    std::vector<Package> out;
    const auto* list = array_member(value, "packages");
    if (list == nullptr) return Error(Code::kCorrupt, "it has no \"packages\"");
    for (const auto& each : *list) {
        const auto text_of = [&](std::string_view name) {
            return std::string(string_member(each, name).value_or(""));
        };
        Package package{.source = text_of("source"),
                        .wanted = text_of("wanted"),
                        .version = text_of("version"),
                        .hash = text_of("hash"),
                        .folder = text_of("folder")};
        if (package.source.empty() || !package.folder.is_absolute())
            return Error(Code::kCorrupt, "a package lacks \"source\" or \"folder\"");
        out.push_back(std::move(package));
    }
    return out;
}

std::string packages_json(const std::vector<Package>& packages) {
    json::array list;
    for (const auto& each : packages) {
        list.push_back(json::object{{"source", each.source},
                                    {"wanted", each.wanted},
                                    {"version", each.version},
                                    {"hash", each.hash},
                                    {"folder", each.folder.string()}});
    }
    return json::serialize(json::object{{"version", 1}, {"packages", std::move(list)}}) + "\n";
}

Result<std::vector<Package>> PackageStore::list() const {
    const auto text = os::read_file(list_, std::size_t{4} << 20U);
    if (!text && text.error().code() == Code::kNotFound) return std::vector<Package>();
    if (!text) return text.error();
    return parse_packages(*text).context(list_.string());
}

Result<Package> PackageStore::install(const PackageSource& source, std::stop_token stop) const {
    if (source.kind == PackageSource::Kind::kPath) {
        std::error_code error;
        const auto path = fs::canonical(source.name, error);
        if (error) return Error(Code::kNotFound, fmt::format("there is no {}", source.name));
        if (fs::is_directory(path, error) && !fs::is_regular_file(path / "extension.toml", error) &&
            !has_only_texts(path))
            TRY(pi_extensions(path));
        Package package{.source = path.string(), .wanted = {}, .version = {}, .hash = {}, .folder = path};
        TRY(keep(package));
        return package;
    }
    TRY(os::make_directories(folder_));
    const auto lock = TRY(os::FileLock::try_acquire(folder_ / ".lock").context("another install goes on"));
    const auto target = folder_ / os::sha256(source_text(source)).substr(0, 16);
    // Fetched beside its place: what is there stays until the new one is whole.
    auto fetched = TRY(os::TempDir::create("fetch", folder_));
    auto package = TRY(fetch(source, fetched.path() / "package", stop));
    const auto inner = package.folder.lexically_relative(fetched.path() / "package");
    package.folder = (target / inner).lexically_normal();
    if (!package.folder.has_filename()) package.folder = package.folder.parent_path();
    const auto fresh = fetched.path() / "package" / inner;
    if (!has_only_texts(fresh)) TRY(pi_extensions(fresh).context(source_text(source)));
    TRY(os::remove_tree(target));
    std::error_code error;
    fs::rename(fetched.path() / "package", target, error);
    if (error) return Error(Code::kUnavailable, fmt::format("{}: {}", target.string(), error.message()));
    TRY(keep(package));
    return package;
}

Result<Package> PackageStore::fetch(const PackageSource& source, const fs::path& target,
                                    const std::stop_token& stop) const {
    auto fetched = source.kind == PackageSource::Kind::kNpm
                       ? TRY(detail::fetch_npm(source.name, source.wanted, target, stop))
                       : TRY(detail::fetch_git(source.name, source.wanted, target, stop));
    return Package{.source = source_text(source),
                   .wanted = source.wanted,
                   .version = std::move(fetched.version),
                   .hash = std::move(fetched.hash),
                   .folder = std::move(fetched.folder)};
}

Result<Package> PackageStore::update(const Package& package, std::stop_token stop) const {
    auto source = TRY(parse_source(package.source, "/"));
    source.wanted = package.wanted;
    return install(source, std::move(stop));
}

Status PackageStore::keep(const Package& package) const {
    auto all = TRY(list());
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&](const Package& each) { return each.source == package.source; });
    if (same == all.end()) {
        all.push_back(package);
    } else {
        *same = package;
    }
    return os::write_file_atomic(list_, packages_json(all), 0600);
}

Status PackageStore::remove(std::string_view source) const {
    auto all = TRY(list());
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Package& each) { return each.source == source; });
    if (found == all.end())
        return Error(Code::kNotFound, fmt::format("{} is not installed", printable(source)));
    const auto package = *found;
    all.erase(found);
    TRY(os::write_file_atomic(list_, packages_json(all), 0600));
    // Only what was fetched is hearth's to remove.
    const auto relative = package.folder.lexically_relative(folder_);
    if (relative.empty() || *relative.begin() == "..") return {};
    return os::remove_tree(folder_ / *relative.begin());
}

}  // namespace hearth::extend
