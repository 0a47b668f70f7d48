#include "capacity/gpu.h"

#include <algorithm>
#include <dlfcn.h>
#include <fmt/format.h>

#include "core/text.h"
#include "os/files.h"

namespace hearth::capacity {

namespace {

namespace fs = std::filesystem;

constexpr unsigned kMostCards = 64;
// An integrated AMD GPU sets a little aside at start and takes the rest from the machine's memory.
constexpr std::int64_t kCarveOut = 4 * kGiB;

std::string line_of(const fs::path& file) {
    const Result<std::string> text = os::read_file(file, 4096);
    return text ? std::string(trim(*text)) : std::string();
}

Bytes size_in(const fs::path& file) { return Bytes{parse_number(line_of(file)).value_or(0)}; }

// The few calls of NVIDIA's management library that are needed; its interface is stable.
struct NvidiaMemory {
    unsigned long long total;
    unsigned long long free;
    unsigned long long used;
};

class NvidiaLibrary {
public:
    NvidiaLibrary() : library_(::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)) {}

    ~NvidiaLibrary() {
        if (library_ != nullptr) ::dlclose(library_);
    }

    NvidiaLibrary(const NvidiaLibrary&) = delete;
    NvidiaLibrary& operator=(const NvidiaLibrary&) = delete;

    template <typename Function>
    [[nodiscard]] Function* find(const char* name) const {
        return library_ == nullptr ? nullptr : reinterpret_cast<Function*>(::dlsym(library_, name));
    }

private:
    void* library_;
};

std::vector<GpuFacts> nvidia_gpus() {
    std::vector<GpuFacts> gpus;
    const NvidiaLibrary library;
    auto* init = library.find<int()>("nvmlInit_v2");
    auto* shutdown = library.find<int()>("nvmlShutdown");
    auto* count_of = library.find<int(unsigned*)>("nvmlDeviceGetCount_v2");
    auto* handle_of = library.find<int(unsigned, void**)>("nvmlDeviceGetHandleByIndex_v2");
    auto* name_of = library.find<int(void*, char*, unsigned)>("nvmlDeviceGetName");
    auto* memory_of = library.find<int(void*, NvidiaMemory*)>("nvmlDeviceGetMemoryInfo");
    if (init == nullptr || shutdown == nullptr || count_of == nullptr || handle_of == nullptr ||
        name_of == nullptr || memory_of == nullptr || init() != 0)
        return gpus;
    unsigned count = 0;
    if (count_of(&count) != 0) count = 0;
    for (unsigned i = 0; i < std::min(count, kMostCards); ++i) {
        void* handle = nullptr;
        char name[96] = {};
        if (handle_of(i, &handle) != 0 || name_of(handle, name, sizeof name - 1) != 0) continue;
        GpuFacts gpu{.name = name, .driver = "nvidia"};
        NvidiaMemory memory{};
        // Where CPU and GPU share their memory this call fails.
        if (memory_of(handle, &memory) == 0 && memory.total > 0) {
            gpu.total = Bytes{static_cast<std::int64_t>(memory.total)};
            gpu.available = Bytes{static_cast<std::int64_t>(memory.free)};
        } else {
            gpu.unified = true;
        }
        gpus.push_back(std::move(gpu));
    }
    shutdown();
    return gpus;
}

}  // namespace

std::vector<GpuFacts> drm_gpus(const fs::path& drm) {
    std::vector<fs::path> cards;
    std::error_code error;
    for (fs::directory_iterator each(drm, error), end; !error && each != end; each.increment(error)) {
        const std::string name = each->path().filename().string();
        if (name.starts_with("card") && parse_number(std::string_view(name).substr(4)))
            cards.push_back(each->path());
    }
    std::sort(cards.begin(), cards.end());
    std::vector<GpuFacts> gpus;
    for (const fs::path& card : cards) {
        const fs::path device = card / "device";
        std::error_code ignored;
        const std::string driver = fs::read_symlink(device / "driver", ignored).filename().string();
        if (driver != "amdgpu" && driver != "i915" && driver != "xe") continue;
        GpuFacts gpu;
        gpu.driver = driver;
        gpu.name = line_of(device / "product_name");
        if (gpu.name.empty())
            gpu.name = fmt::format("{} {}", driver == "amdgpu" ? "AMD" : "Intel", line_of(device / "device"));
        gpu.total = size_in(device / "mem_info_vram_total");
        gpu.available = std::max(Bytes{0}, gpu.total - size_in(device / "mem_info_vram_used"));
        gpu.shared = size_in(device / "mem_info_gtt_total");
        gpu.unified = gpu.total.value == 0 ||
                      (driver == "amdgpu" && gpu.total.value <= kCarveOut && gpu.shared > gpu.total);
        gpus.push_back(std::move(gpu));
        if (gpus.size() == kMostCards) break;
    }
    return gpus;
}

std::vector<GpuFacts> probe_gpus() {
    std::vector<GpuFacts> gpus = nvidia_gpus();
    std::vector<GpuFacts> others = drm_gpus("/sys/class/drm");
    for (GpuFacts& gpu : others)
        gpus.push_back(std::move(gpu));
    return gpus;
}

}  // namespace hearth::capacity
