#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "eval/pass_rate.h"

namespace hearth::eval {

// Everything that a report shows; plain values, so that it can be made from a store, a file or a test.
struct ReportAttempt {
    bool passed = false;
    double seconds = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t generated_tokens = 0;
    std::string label;       // "seed 2"
    std::string failure;     // one line; empty when passed
    std::string trajectory;  // what happened, as text
    std::string diff;        // what the attempt changed, as a unified diff
};

struct ReportTask {
    std::string name;
    std::vector<ReportAttempt> attempts;
};

struct ReportArm {
    std::string name;  // model and agent, as a person tells them apart
    std::vector<ReportTask> tasks;
};

// One point of a line over versions, oldest first.
struct VersionPoint {
    std::string version;
    PassRate rate;
};

struct VersionLine {
    std::string name;
    std::vector<VersionPoint> points;
};

struct ReportData {
    std::string title;
    std::string suite;
    std::string when;  // as it is to be shown
    std::vector<ReportArm> arms;
    std::vector<VersionLine> versions;  // may be empty
};

}  // namespace hearth::eval
