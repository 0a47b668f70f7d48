#include "model/detail/pull_parts.h"

#include <fmt/format.h>
#include <system_error>
#include <utility>
#include <vector>

#include "model/gguf_split.h"
#include "os/files.h"

namespace hearth::model::detail {
namespace {

namespace fs = std::filesystem;

// One that is what it has to be, and its header.
struct Verified {
    VerifiedPart part;
    GgufHeader header;
};

// How far a part has come.
struct PartState {
    std::optional<Fetched> fetched;
    std::optional<Verified> verified;
};

class PartsPull {
public:
    PartsPull(const PullRequest& request, const PullObserver& observer, const std::stop_token& stop,
              const fs::path& folder, const FetchSource& fetch)
        : request_(request),
          observer_(observer),
          stop_(stop),
          folder_(folder),
          fetch_(fetch),
          parts_(request.parts.size()) {}

    Result<InstalledModel> run(const ModelStore& store) {
        while (true) {
            TRY(fetch_all());
            if (TRY(verify_all())) break;
        }
        TRY(check_together());
        std::vector<VerifiedPart> files;
        for (auto& part : parts_)
            files.push_back(std::move(part.verified->part));
        auto notes = request_.notes;
        notes.source = describe(request_.sources.front());
        return store.install_parts(request_.name, files, notes);
    }

private:
    [[nodiscard]] std::string words(std::size_t i) const {
        return fmt::format("part {} of {} ({})", i + 1, request_.parts.size(),
                           describe(request_.parts[i].source));
    }

    void tell(PullObserver::Phase phase, Bytes done, std::optional<Bytes> total) const {
        if (observer_.progress) observer_.progress(phase, done, total);
    }

    Status fetch_all() {
        Bytes before{0};
        for (std::size_t i = 0; i < request_.parts.size(); ++i) {
            const auto& part = request_.parts[i];
            if (!parts_[i].fetched) {
                const auto place = folder_ / fmt::format("part-{}", i + 1);
                TRY(os::make_directories(place));
                const FetchProgress progress = [&](Bytes done, std::optional<Bytes>) {
                    tell(PullObserver::Phase::kFetching, before + done, request_.size);
                };
                parts_[i].fetched = TRY(fetch_(part.source, part.size, place, progress).context(words(i)));
            }
            before += TRY(size_of(i));
        }
        all_ = before;
        return {};
    }

    [[nodiscard]] Result<Bytes> size_of(std::size_t i) const {
        std::error_code error;
        const auto& file = parts_[i].fetched->file;
        const auto size = fs::file_size(file, error);
        if (error) return errno_error(error.value(), fmt::format("reading {}", file.string()));
        return Bytes{static_cast<std::int64_t>(size)};
    }

    // Whether all are; else one is gone and has to be fetched anew.
    Result<bool> verify_all() {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (parts_[i].verified) continue;
            auto verified = verify(i);
            if (!verified) {
                TRY(renew(i, verified.error()));
                return false;
            }
            parts_[i].verified = *std::move(verified);
        }
        return true;
    }

    Result<Verified> verify(std::size_t i) {
        const auto& part = request_.parts[i];
        const auto& file = parts_[i].fetched->file;
        const auto size = TRY(size_of(i));
        if (part.size && *part.size != size)
            return Error(Code::kCorrupt, fmt::format("it has {} bytes, this part of the model has {}",
                                                     size.value, part.size->value));
        Bytes before{0};
        for (std::size_t other = 0; other < i; ++other)
            before += TRY(size_of(other));
        const auto told = [&](Bytes done) { tell(PullObserver::Phase::kVerifying, before + done, all_); };
        auto hash = TRY(os::sha256_file(file, told, stop_));
        if (part.sha256 && *part.sha256 != hash)
            return Error(Code::kCorrupt,
                         fmt::format("its sha256 is {}, this part's is {}", hash, *part.sha256));
        auto header = TRY(read_gguf(file));
        return Verified{.part = {.file = file, .sha256 = std::move(hash), .size = size},
                        .header = std::move(header)};
    }

    // What an earlier pull left may be damaged; what came just now is what the source has.
    Status renew(std::size_t i, const Error& error) {
        if (ends_the_pull(error)) return error.with_context(words(i));
        const auto fetched = *std::move(parts_[i].fetched);
        parts_[i] = {};
        TRY(os::remove_tree(fetched.file));
        if (!fetched.resumed) return error.with_context(words(i));
        if (observer_.notice)
            observer_.notice(fmt::format(
                "What an earlier, interrupted pull had left of {} was damaged; fetching it anew.", words(i)));
        return {};
    }

    // Each is right by itself; they have to be parts of one model, in this order.
    Status check_together() {
        std::vector<GgufHeader> headers;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            headers.push_back(std::move(parts_[i].verified->header));
            names.push_back(words(i));
        }
        const auto joined = join_parts(std::move(headers), names);
        if (joined) {
            TRY(model_facts(*joined, all_));
            return {};
        }
        // They stay together wrong however often they are looked at.
        TRY(os::remove_tree(folder_));
        return joined.error();
    }

    const PullRequest& request_;
    const PullObserver& observer_;
    std::stop_token stop_;
    fs::path folder_;
    const FetchSource& fetch_;
    std::vector<PartState> parts_;
    Bytes all_{0};
};

}  // namespace

bool ends_the_pull(const Error& error) {
    return error.code() == Code::kCancelled || error.code() == Code::kExhausted ||
           error.code() == Code::kDiskFull;
}

Result<InstalledModel> pull_parts(const PullRequest& request, const ModelStore& store,
                                  const PullObserver& observer, const std::stop_token& stop,
                                  const fs::path& folder, const FetchSource& fetch) {
    return PartsPull(request, observer, stop, folder, fetch).run(store);
}

}  // namespace hearth::model::detail
