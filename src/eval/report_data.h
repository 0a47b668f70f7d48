#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eval/pass_rate.h"
#include "eval/run_comparison.h"

namespace hearth::eval {

// Everything that a report shows; plain values, so that it can be made from a store, a file or a test.
struct ReportAttempt {
    bool passed = false;
    double seconds = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t generated_tokens = 0;
    std::optional<double> joules;  // of the machine, where it can tell
    std::string label;             // "seed 2"
    std::string failure;           // one line; empty when passed
    std::string trajectory;        // what happened, as text
    std::string diff;              // what the attempt changed, as a unified diff
};

struct ReportTask {
    std::string name;
    std::vector<ReportAttempt> attempts;
};

struct ReportArm {
    std::string name;  // model and agent, as a person tells them apart
    std::vector<ReportTask> tasks;
    std::size_t run = 0;     // place of its run in `runs`: arms of different runs are ranked apart
    bool yardstick = false;  // one of the two ends of a suite (reference, none): tells nothing about tasks
};

// One point of a line over versions, oldest first.
struct VersionPoint {
    std::string version;  // names one run
    PassRate rate;
    std::string note;  // second line of its label: a version or a day; may be empty
};

struct VersionLine {
    std::string name;
    std::vector<VersionPoint> points;
    std::size_t arm = 0;  // of `arms`, whose colour and number it has
};

struct ReportData {
    std::string title;
    std::string suite;
    std::string when;  // as it is to be shown
    std::vector<ReportArm> arms;
    std::vector<VersionLine> versions;       // may be empty
    std::vector<std::string> runs;           // "run 3"; empty for a single run
    std::vector<RunComparison> comparisons;  // the first run beside each of the others
};

}  // namespace hearth::eval
