#include "engine/flags.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <iterator>

namespace hearth::engine {

namespace {

constexpr std::int64_t kCellStep = 256;

bool is_flag_byte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; }

constexpr int kSameTokens = 12;  // that stood in front of what is proposed

// As --help has it. In other versions the same level may print what people ask.
constexpr std::string_view kTrace = "4: trace";

void add_speculation(const Speculation& speculation, const KnownFlags& known,
                     std::vector<std::string>& argv) {
    const std::string longest = std::to_string(speculation.longest);
    const auto add = [&](std::vector<std::string> words) {
        argv.insert(argv.end(), std::make_move_iterator(words.begin()), std::make_move_iterator(words.end()));
    };
    if (speculation.kind == Speculation::Kind::kMod && known.has("ngram-mod"))
        add({"--spec-type", "ngram-mod", "--spec-ngram-mod-n-min", std::to_string(speculation.shortest),
             "--spec-ngram-mod-n-max", longest});
    if (speculation.kind == Speculation::Kind::kSimple && known.has("--spec-ngram-simple-size-m"))
        add({"--spec-type", "ngram-simple", "--spec-ngram-simple-size-n", std::to_string(kSameTokens),
             "--spec-ngram-simple-size-m", longest});
}

}  // namespace

KnownFlags KnownFlags::from_help(std::string_view help) {
    KnownFlags flags;
    std::set<std::string, std::less<>>& known = flags.known_.emplace();
    for (std::size_t at = 0; at < help.size();) {
        const bool starts = help[at] == '-' && (at == 0 || !is_flag_byte(help[at - 1]));
        std::size_t end = at + 1;
        while (end < help.size() && is_flag_byte(help[end]))
            ++end;
        if (starts && end - at >= 2) known.emplace(help.substr(at, end - at));
        if (help.substr(at, 9) == "ngram-mod") known.emplace("ngram-mod");
        at = starts ? end : at + 1;
    }
    if (help.contains(kTrace)) known.emplace(kTrace);
    return flags;
}

std::vector<std::string> serve_argv(const ServeSettings& settings, const KnownFlags& known) {
    std::vector<std::string> argv = {settings.server.string(), "--model", settings.model.string(), "--host",
                                     settings.socket.string(), "--alias", settings.alias,          "--jinja"};
    const auto add = [&](std::string flag, std::string value) {
        if (!known.has(flag)) return;
        argv.push_back(std::move(flag));
        if (!value.empty()) argv.push_back(std::move(value));
    };
    add("--ctx-size", std::to_string(settings.pool.value));
    add("--parallel", std::to_string(settings.slots));
    add("--kv-unified", "");
    if (settings.pool != settings.slot_context)
        add("--kv-unified-per-slot", std::to_string(settings.slot_context.value));
    add("--threads", std::to_string(settings.threads));
    add("--batch-size", std::to_string(settings.batch));
    add("--ubatch-size", std::to_string(settings.batch));
    if (settings.cache != capacity::CacheType::kF16) {
        const std::string type(capacity::cache_type_name(settings.cache));
        add("--cache-type-k", type);
        add("--cache-type-v", type);
        add("--flash-attn", "on");  // without it the engine refuses such values
    } else if (settings.flash_attention) {
        add("--flash-attn", *settings.flash_attention ? "on" : "off");
    }
    add("--cache-ram", std::to_string(settings.prompt_cache_mib));
    if (!settings.prompt_folder.empty()) {
        add("--slot-save-path", settings.prompt_folder.string());
        add("--metrics", "");  // says how fast prompts are read
    }
    if (settings.purpose == ServePurpose::kEmbeddings) add("--embeddings", "");
    if (settings.purpose == ServePurpose::kRanking) add("--rerank", "");
    if (!settings.pooling.empty()) add("--pooling", settings.pooling);
    if (settings.edit_speculation) add_speculation(settings.speculation, known, argv);
    if (settings.accelerator && settings.cpu_expert_layers) {
        add("--n-gpu-layers", "all");  // the engine fits nothing where experts are placed
        add("--n-cpu-moe", std::to_string(*settings.cpu_expert_layers));
    }
    // Fitting loads the model twice, and on a CPU it only compares with the total memory, which was done before.
    if (!settings.accelerator) add("--fit", "off");
    add("--no-warmup", "");
    add("--slots", "");
    add("--no-webui", "");
    add("--offline", "");
    add("--log-colors", "off");
    if (known.has(kTrace)) add("--log-verbosity", "4");  // it then says what it allocates (memory_report.h)
    return argv;
}

const std::vector<std::string>& inherited_names() {
    static const std::vector<std::string> names = {"LD_LIBRARY_PATH",
                                                   "CUDA_VISIBLE_DEVICES",
                                                   "HIP_VISIBLE_DEVICES",
                                                   "ROCR_VISIBLE_DEVICES",
                                                   "HSA_OVERRIDE_GFX_VERSION",
                                                   "GGML_VK_VISIBLE_DEVICES",
                                                   "VK_ICD_FILENAMES",
                                                   "XDG_DATA_DIRS",
                                                   "HOME"};
    return names;
}

std::vector<std::pair<std::string, std::string>> serve_environment(
    const std::filesystem::path& extra_backend, bool accelerator,
    const std::vector<std::pair<std::string, std::string>>& inherited) {
    std::vector<std::pair<std::string, std::string>> environment = {{"OMP_WAIT_POLICY", "passive"},
                                                                    {"GOMP_SPINCOUNT", "2000"},
                                                                    {"LANG", "C.UTF-8"},
                                                                    {"PATH", "/usr/bin:/bin"}};
    if (!extra_backend.empty()) environment.emplace_back("GGML_BACKEND_PATH", extra_backend.string());
    if (accelerator) environment.insert(environment.end(), inherited.begin(), inherited.end());
    return environment;
}

int longest_draft() { return capacity::kLongestDraft; }

Tokens pool_for(Tokens context, int slots, bool shared_prompt) {
    const std::int64_t part = shared_prompt ? context.value / 4 : context.value;
    const std::int64_t cells = context.value + static_cast<std::int64_t>(std::max(slots, 1) - 1) * part;
    return Tokens{(cells + kCellStep - 1) / kCellStep * kCellStep};
}

}  // namespace hearth::engine
