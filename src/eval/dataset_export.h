#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/known_secrets.h"
#include "core/result.h"
#include "eval/result_store.h"

namespace hearth::eval {

// Where a task comes from.
struct TaskOrigin {
    std::string task;
    std::string source;
    std::string licence;
};

struct DatasetWish {
    std::filesystem::path folder;                      // must not exist or be empty
    std::string home;                                  // is redacted
    std::shared_ptr<const KnownSecrets> secrets = {};  // likewise; may be none
    bool passed_only = false;
};

struct Dataset {
    std::size_t attempts = 0;
    std::size_t removed = 0;  // places that were redacted
};

// Attempts as a dataset folder that common tools load as it is: data/attempts.jsonl (one attempt a line: what was asked, what
// came, what the tests said, the diff, tokens, licence and source of the task), README.md with the fields, and manifest.json with
// the SHA-256 of each file. `origins` gives source and licence by task.
// Errors: kConflict when the folder holds something.
[[nodiscard]] Result<Dataset> export_dataset(const RunRecord& run, const std::vector<AttemptRecord>& attempts,
                                             const std::vector<TaskOrigin>& origins, const DatasetWish& wish);

// What a run's settings keep of its tasks' origins. Pure.
[[nodiscard]] std::vector<TaskOrigin> origins_of(const RunRecord& run);

}  // namespace hearth::eval
