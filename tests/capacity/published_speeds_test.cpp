#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>

#include "capacity/profile.h"
#include "capacity/speed_model.h"
#include "core/text.h"
#include "model/ggml_type.h"
#include "model/model_shape.h"

namespace hearth::capacity {
namespace {

namespace fs = std::filesystem;

const std::vector<fs::path>& catalogue() {
    static const std::vector<fs::path> folders = {fs::path(HEARTH_SOURCE_DIR) / "catalogue"};
    return folders;
}

// A shape with every matrix in another type, and its weights scaled to the size of the file that was measured.
model::Architecture measured_model(const std::string& shape, const std::string& quant, double file_gib) {
    const Result<model::GgufHeader> header = model::find_shape(shape, catalogue());
    EXPECT_TRUE(header) << header.error().message();
    model::Architecture model = *model::read_architecture(*header);
    std::optional<model::GgmlType> type;
    for (std::uint32_t number = 0; number < 64; ++number)
        if (const auto each = model::ggml_type(number); each && each->name == quant) type = each;
    double total = 0;
    for (model::Weight& weight : model.weights) {
        if (type && weight.dimensions >= 2 && weight.type != 0) {
            weight.type = type->number;
            weight.bytes = weight.row_length / type->block * type->bytes * weight.rows * weight.matrices;
        }
        if (weight.role != model::WeightRole::kUnused) total += static_cast<double>(weight.bytes);
    }
    if (file_gib > 0)
        for (model::Weight& weight : model.weights)
            weight.bytes = static_cast<std::int64_t>(static_cast<double>(weight.bytes) * file_gib *
                                                     static_cast<double>(kGiB) / total);
    return model;
}

struct Errors {
    double sum = 0;
    double most = 0;
    int count = 0;

    void add(double predicted, double measured) {
        const double error = std::abs(predicted / measured - 1);
        sum += error;
        most = std::max(most, error);
        ++count;
    }

    [[nodiscard]] double mean() const { return count > 0 ? sum / count : 0; }
};

struct MachineErrors {
    Errors decode;
    Errors prefill;
};

std::map<std::string, MachineErrors> errors_by_machine() {
    const std::vector<MachineProfile> machines = *load_machines(catalogue());
    std::map<std::string, MachineErrors> errors;
    std::ifstream file(fs::path(HEARTH_SOURCE_DIR) / "tests/data/capacity/published_speeds.csv");
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        const std::vector<std::string_view> cells = split(line, ',');
        const auto number = [&](std::size_t i) {
            return std::strtod(std::string(cells[i]).c_str(), nullptr);
        };
        const std::string machine(cells[0]);
        const MachineProfile profile = *choose_machine(machines, machine, "");
        const model::Architecture model =
            measured_model(std::string(cells[1]), std::string(cells[2]), number(3));
        RunShape shape;
        shape.gpu_layers = 2000;
        shape.batch = 2048;
        const Tokens depth{static_cast<std::int64_t>(number(4))};
        MachineErrors& mine = errors[machine];
        mine.decode.add(decode_speed(model, shape, profile.speeds, depth).middle, number(6));
        if (number(5) > 0)
            mine.prefill.add(prefill_speed(model, shape, profile.speeds, depth, Tokens{2048}).middle,
                             number(5));
    }
    return errors;
}

TEST(PublishedSpeeds, ArePredictedWithinTheLimitsOfTheDocumentation) {
    const auto errors = errors_by_machine();
    ASSERT_GE(errors.size(), 8U);
    for (const auto& [machine, each] : errors) {
        fmt::print(
            "{:<16} decode mean {:4.1f} % max {:4.1f} % of {:2}; prefill mean {:4.1f} % max {:4.1f} % of "
            "{}\n",
            machine, 100 * each.decode.mean(), 100 * each.decode.most, each.decode.count,
            100 * each.prefill.mean(), 100 * each.prefill.most, each.prefill.count);
        const bool fitted = machine == "dgx-spark" || machine == "mac-m2-ultra";
        EXPECT_LE(each.decode.mean(), fitted ? 0.05 : 0.25) << machine;
        EXPECT_LE(each.decode.most, fitted ? 0.10 : 0.25) << machine;
        EXPECT_LE(each.prefill.mean(), fitted ? 0.09 : 0.60) << machine;
    }
}

}  // namespace
}  // namespace hearth::capacity
