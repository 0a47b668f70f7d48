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

class PartsPull {
public:
    PartsPull(const PullRequest& request, const PullObserver& observer, const std::stop_token& stop,
              const fs::path& folder, const FetchSource& fetch)
        : request_(request),
          observer_(observer),
          stop_(stop),
          folder_(folder),
          fetch_(fetch),
          fetched_(request.parts.size()),
          fresh_(request.parts.size()) {}

    Result<InstalledModel> run(const ModelStore& store) {
        while (true) {
            TRY(fetch_all());
            std::vector<VerifiedPart> parts;
            std::optional<std::size_t> damaged;
            for (std::size_t i = 0; i < request_.parts.size() && !damaged; ++i) {
                auto part = verify(i);
                if (part) {
                    parts.push_back(std::move(*part));
                } else {
                    TRY(renew(i, part.error()));
                    damaged = i;
                }
            }
            if (damaged) continue;
            TRY(check_together());
            auto notes = request_.notes;
            notes.source = describe(request_.sources.front());
            return store.install_parts(request_.name, parts, notes);
        }
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
            if (!fetched_[i]) {
                const auto place = folder_ / fmt::format("part-{}", i + 1);
                TRY(os::make_directories(place));
                const FetchProgress progress = [&](Bytes done, std::optional<Bytes>) {
                    tell(PullObserver::Phase::kFetching, before + done, request_.size);
                };
                fetched_[i] = TRY(fetch_(part.source, part.size, place, progress).context(words(i)));
            }
            before += TRY(size_of(i));
        }
        all_ = before;
        return {};
    }

    [[nodiscard]] Result<Bytes> size_of(std::size_t i) const {
        std::error_code error;
        const auto size = fs::file_size(fetched_[i]->file, error);
        if (error) return errno_error(error.value(), fmt::format("reading {}", fetched_[i]->file.string()));
        return Bytes{static_cast<std::int64_t>(size)};
    }

    Result<VerifiedPart> verify(std::size_t i) {
        const auto& part = request_.parts[i];
        const auto size = TRY(size_of(i));
        if (part.size && *part.size != size)
            return Error(Code::kCorrupt, fmt::format("it has {} bytes, this part of the model has {}",
                                                     size.value, part.size->value));
        Bytes before{0};
        for (std::size_t other = 0; other < i; ++other)
            before += TRY(size_of(other));
        const auto told = [&](Bytes done) { tell(PullObserver::Phase::kVerifying, before + done, all_); };
        auto hash = TRY(os::sha256_file(fetched_[i]->file, told, stop_));
        if (part.sha256 && *part.sha256 != hash)
            return Error(Code::kCorrupt,
                         fmt::format("its sha256 is {}, this part's is {}", hash, *part.sha256));
        TRY(read_gguf(fetched_[i]->file));
        return VerifiedPart{.file = fetched_[i]->file, .sha256 = std::move(hash), .size = size};
    }

    // What an earlier pull left may be damaged; what came just now is what the source has.
    Status renew(std::size_t i, const Error& error) {
        if (error.code() == Code::kCancelled) return error;
        const bool again = fetched_[i]->resumed && !fresh_[i];
        fresh_[i] = true;
        TRY(os::remove_tree(fetched_[i]->file));
        fetched_[i].reset();
        if (!again) return error.with_context(words(i));
        if (observer_.notice)
            observer_.notice(fmt::format(
                "What an earlier, interrupted pull had left of {} was damaged; fetching it anew.", words(i)));
        return {};
    }

    // Each is right by itself; they have to be parts of one model, in this order.
    [[nodiscard]] Status check_together() const {
        std::vector<GgufHeader> headers;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < request_.parts.size(); ++i) {
            headers.push_back(TRY(read_gguf(fetched_[i]->file)));
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
    std::vector<std::optional<Fetched>> fetched_;
    std::vector<bool> fresh_;  // was fetched anew once
    Bytes all_{0};
};

}  // namespace

Result<InstalledModel> pull_parts(const PullRequest& request, const ModelStore& store,
                                  const PullObserver& observer, const std::stop_token& stop,
                                  const fs::path& folder, const FetchSource& fetch) {
    return PartsPull(request, observer, stop, folder, fetch).run(store);
}

}  // namespace hearth::model::detail
