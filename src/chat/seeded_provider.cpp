#include "chat/seeded_provider.h"

#include <utility>

namespace hearth::chat {
namespace {

constexpr std::uint64_t kSpread = 1'000'003;  // keeps the requests of neighbouring seeds apart
constexpr std::uint64_t kSeeds = std::uint64_t{1} << 31U;

class SeededProvider final : public Provider {
public:
    SeededProvider(std::unique_ptr<Provider> provider, std::int64_t seed)
        : provider_(std::move(provider)), next_(static_cast<std::uint64_t>(seed) * kSpread) {}

    Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token stop) override {
        Request sent = request;
        draw(sent.sampling);
        return provider_->stream(sent, sink, std::move(stop));
    }

    Result<FillReply> fill(const FillRequest& request, std::stop_token stop) override {
        FillRequest sent = request;
        draw(sent.sampling);
        return provider_->fill(sent, std::move(stop));
    }

    Result<Tokens> count_tokens(std::string_view text) override { return provider_->count_tokens(text); }

    [[nodiscard]] Tokens context_window() const override { return provider_->context_window(); }

private:
    void draw(Sampling& sampling) {
        if (!sampling.seed) sampling.seed = static_cast<std::int64_t>(next_ % kSeeds);
        next_ += kCandidateSeeds;
    }

    std::unique_ptr<Provider> provider_;
    std::uint64_t next_;
};

}  // namespace

std::unique_ptr<Provider> make_seeded_provider(std::unique_ptr<Provider> provider, std::int64_t seed) {
    return std::make_unique<SeededProvider>(std::move(provider), seed);
}

}  // namespace hearth::chat
