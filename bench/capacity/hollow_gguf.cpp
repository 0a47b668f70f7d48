// Writes GGUF files of the shapes in catalogue/shapes whose tensors are a hole, for programs that judge a model by its
// file: bench/capacity/peers_bench.py. A model of 400 billion parameters takes a few blocks of disk.
//
//   hollow_gguf FOLDER [NAME...]     FOLDER/NAME.gguf for each shape, or for those named; prints what it wrote

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "core/result.h"
#include "model/model_shape.h"

namespace {

namespace fs = std::filesystem;
using hearth::Status;

Status write_all(const fs::path& folder, std::vector<std::string> names) {
    const std::vector<fs::path> catalogue = {fs::path(HEARTH_SOURCE_DIR) / "catalogue"};
    if (names.empty()) names = hearth::model::shape_names(catalogue);
    for (const std::string& name : names) {
        const hearth::model::GgufHeader header = TRY(hearth::model::find_shape(name, catalogue));
        const fs::path file = folder / (name + ".gguf");
        TRY(hearth::model::write_hollow_gguf(header, file));
        fmt::print("{}\n", file.string());
    }
    return {};
}

}  // namespace

int main(int count, char** words) {
    if (count < 2) {
        fmt::print(stderr, "usage: hollow_gguf FOLDER [NAME...]\n");
        return 2;
    }
    const Status written = write_all(words[1], {words + 2, words + count});
    if (!written) fmt::print(stderr, "hollow_gguf: {}\n", written.error().message());
    return written ? 0 : 1;
}
