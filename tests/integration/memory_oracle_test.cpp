#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "capacity/machine.h"
#include "capacity/memory_model.h"
#include "core/text.h"
#include "engine/build.h"
#include "model/architecture.h"
#include "model/model_shape.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;
using capacity::MemoryParts;
using capacity::RunShape;

// What the engine says it would allocate, in MiB as it prints them.
struct EngineSays {
    double kv = 0;
    double state = 0;
    double compute = 0;
    double output = 0;
    std::optional<double> host_weights;
    double repacked = 0;
};

std::optional<double> number_after(std::string_view line, std::string_view words) {
    const std::size_t at = line.find(words);
    if (at == std::string_view::npos) return std::nullopt;
    return std::strtod(std::string(line.substr(at + words.size())).c_str(), nullptr);
}

// "|   - Host               |                  643 =   463 +     112 +      68                |"
std::optional<double> weights_in(std::string_view line, std::string_view row) {
    if (line.find(row) == std::string_view::npos) return std::nullopt;
    return number_after(line, " = ");
}

EngineSays read_log(const std::string& log) {
    EngineSays says;
    for (const std::string_view line : split_lines(log)) {
        if (line.find(" cells,") != std::string_view::npos &&
            line.find("llama_kv_cache: size") != std::string_view::npos)
            says.kv += *number_after(line, "size =");
        if (const auto size = number_after(line, "llama_memory_recurrent: size =")) says.state += *size;
        if (const auto size = number_after(line, "CPU compute buffer size =")) says.compute = *size;
        if (const auto size = number_after(line, "CPU  output buffer size =")) says.output = *size;
        if (const auto size = weights_in(line, "- Host ")) says.host_weights = size;
        if (const auto size = weights_in(line, "- CPU_REPACK ")) says.repacked = *size;
    }
    return says;
}

// One pass of the engine over a file that is all holes: it measures what it would take and is ended before it loads.
class MemoryOracle : public testing::Test {
protected:
    void SetUp() override {
        const char* home = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(home, nullptr) << "set HEARTH_TEST_HOME to a HEARTH_HOME with an engine";
        const Result<capacity::Machine> machine = capacity::probe_machine();
        ASSERT_TRUE(machine);
        // The plainest variant with a layout of its own, so that the test is the same on every machine.
        layout_ = capacity::WeightLayout::kAvx2;
        for (const auto& entry : fs::directory_iterator(fs::path(home) / "data" / "engines")) {
            const auto build = engine::read_build(entry.path());
            if (!build) continue;
            server_ = build->server;
            for (const engine::Variant& variant : build->variants)
                if (variant.name == "haswell") variant_ = variant.directory;
        }
        ASSERT_FALSE(variant_.empty()) << "no engine with the variant haswell below " << home;
    }

    EngineSays ask(const fs::path& file, const RunShape& shape) {
        const std::string type(capacity::cache_type_name(shape.keys));
        std::string log;
        std::stop_source stop;
        const auto on_output = [&](std::string_view piece) {
            log += piece;
            if (log.find("projected to use") != std::string::npos) stop.request_stop();
        };
        const auto ended = os::run({.argv = {server_.string(),
                                             "--model",
                                             file.string(),
                                             "--host",
                                             (folder_.path() / "e.sock").string(),
                                             "-lv",
                                             "5",
                                             "--no-warmup",
                                             "--ctx-size",
                                             std::to_string(shape.cells.value),
                                             "--parallel",
                                             std::to_string(shape.slots),
                                             shape.unified ? "--kv-unified" : "--no-kv-unified",
                                             "--batch-size",
                                             std::to_string(shape.batch),
                                             "--ubatch-size",
                                             std::to_string(shape.batch),
                                             "--cache-type-k",
                                             type,
                                             "--cache-type-v",
                                             type},
                                    .environment = {{"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}},
                                    .directory = variant_},
                                   {.timeout = std::chrono::seconds{30}}, stop.get_token(), on_output);
        EXPECT_TRUE(ended) << ended.error().message();
        fs::remove(folder_.path() / "e.sock");
        EngineSays says = read_log(log);
        EXPECT_TRUE(says.host_weights) << head_and_tail(log, 0, 1500);
        return says;
    }

    os::TempDir folder_ = *os::TempDir::create("memory-oracle-");
    fs::path server_;
    fs::path variant_;
    capacity::WeightLayout layout_ = capacity::WeightLayout::kAvx2;
};

double mib(Bytes bytes) { return static_cast<double>(bytes.value) / static_cast<double>(kMiB); }

RunShape run(std::int64_t cells, int slots, bool unified, int batch, capacity::CacheType type) {
    RunShape shape;
    shape.cells = Tokens{cells};
    shape.slots = slots;
    shape.unified = unified;
    shape.batch = batch;
    shape.keys = shape.values = type;
    return shape;
}

const std::vector<RunShape>& runs() {
    using capacity::CacheType;
    static const std::vector<RunShape> all = {
        run(4096, 1, true, 512, CacheType::kF16),     run(32'768, 1, true, 128, CacheType::kF16),
        run(16'384, 4, true, 512, CacheType::kF16),   run(16'384, 4, false, 512, CacheType::kF16),
        run(131'072, 1, true, 2048, CacheType::kF16), run(32'768, 1, true, 512, CacheType::kQ8_0),
    };
    return all;
}

// Work buffers that the closed formula meets less closely; the rest is within 1 %.
double allowed_work_error(const std::string& model) { return model.starts_with("nemotron") ? 0.05 : 0.01; }

TEST_F(MemoryOracle, EveryPartIsWhatTheEngineSays) {
    const std::vector<fs::path> catalogue = {fs::path(HEARTH_SOURCE_DIR) / "catalogue"};
    const std::vector<std::string> names = model::shape_names(catalogue);
    ASSERT_GE(names.size(), 44U);
    std::size_t compared = 0;
    double worst = 0;
    for (const std::string& name : names) {
        const Result<model::GgufHeader> header = model::find_shape(name, catalogue);
        ASSERT_TRUE(header) << header.error().message();
        const fs::path file = folder_.path() / (name + ".gguf");
        ASSERT_TRUE(model::write_hollow_gguf(*header, file));
        const Result<model::GgufHeader> written = model::read_gguf(file);
        ASSERT_TRUE(written) << written.error().message();
        const Result<model::Architecture> model = model::read_architecture(*written);
        ASSERT_TRUE(model) << model.error().message();
        for (RunShape shape : runs()) {
            shape.layout = layout_;
            const std::string where = fmt::format("{} -c {} -np {}{} -ub {} {}", name, shape.cells.value,
                                                  shape.slots, shape.unified ? " unified" : "", shape.batch,
                                                  capacity::cache_type_name(shape.keys));
            SCOPED_TRACE(where);
            const EngineSays says = ask(file, shape);
            if (!says.host_weights) continue;
            const MemoryParts ours = capacity::memory_of(*model, shape);
            EXPECT_NEAR(mib(ours.host.kv_cache), says.kv, 0.011);
            EXPECT_NEAR(mib(ours.host.state), says.state, 0.006);
            EXPECT_NEAR(mib(ours.output), says.output, 0.006);
            EXPECT_NEAR(mib(ours.repacked), says.repacked, 1.0);
            EXPECT_NEAR(mib(ours.host.weights - ours.repacked), *says.host_weights, 1.0);
            const double error = mib(ours.host.compute) / says.compute - 1;
            worst = std::max(worst, std::abs(error));
            EXPECT_NEAR(error, 0, allowed_work_error(name))
                << mib(ours.host.compute) << " MiB, the engine says " << says.compute;
            ++compared;
        }
        fs::remove(file);
    }
    EXPECT_EQ(compared, names.size() * runs().size());
    RecordProperty("compared", static_cast<int>(compared));
    fmt::print("{} combinations, work buffers at most {:.2f} % off\n", compared, 100 * worst);
}

}  // namespace
}  // namespace hearth
