#include "guard/route.h"

namespace hearth::guard {

std::string_view route_name(Route route) {
    switch (route) {
        case Route::kChat: return "chat";
        case Route::kEmbeddings: return "embeddings";
        case Route::kModels: return "models";
        case Route::kPull: return "pull";
        case Route::kManage: return "manage";
    }
    return "unknown";
}

std::optional<Route> route_from_name(std::string_view name) {
    for (const Route route : kRoutes)
        if (route_name(route) == name) return route;
    return std::nullopt;
}

bool uses_engine(Route route) { return route == Route::kChat || route == Route::kEmbeddings; }

}  // namespace hearth::guard
