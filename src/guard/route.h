#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hearth::guard {

// What a request wants, whatever dialect it comes in. A key is good for some of them.
enum class Route : std::uint8_t {
    kChat,        // text from a model: chat, completion, messages, responses, counting tokens
    kEmbeddings,  // vectors and rankings from a model
    kModels,      // looking at the models that there are
    kPull,        // getting a model: fills the disk
    kManage,      // removing, copying, loading and unloading models
};

inline constexpr std::array kRoutes = {Route::kChat, Route::kEmbeddings, Route::kModels, Route::kPull,
                                       Route::kManage};

// "chat", "embeddings", "models", "pull", "manage".
[[nodiscard]] std::string_view route_name(Route route);
[[nodiscard]] std::optional<Route> route_from_name(std::string_view name);

// Whether requests of this kind keep an engine busy, so that quotas count them.
[[nodiscard]] bool uses_engine(Route route);

}  // namespace hearth::guard
