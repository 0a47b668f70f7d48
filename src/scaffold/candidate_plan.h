#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "scaffold/prompt_pack.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

// Where a model is asked.
enum class Asked : std::uint8_t {
    kInTurn,     // behind the conversation of the run
    kFromStart,  // behind the first message of the run alone: a small model copies what it sees
    kOfOneTest,  // in a short conversation of its own, about `focus` (focus_prompt.h)
    kAnew,       // in one of its own that hides the definition's body (rewrite_prompt.h)
    kInGap,      // not in words: the model fills the gap behind the target's line (gaps.h)
};

// One request for answers: what is asked for, how many at once, and how freely they are sampled.
struct Round {
    Target target;
    AnswerForm form = AnswerForm::kWholeFile;
    int candidates = 1;
    double temperature = 0;
    bool settles =
        true;  // a gain ends the turn; else the next round is tried as well, and the best of both is taken
    std::string focus;  // the source of one failing test that the answer is to mend; empty: all of them
    Asked asked = Asked::kInTurn;
    bool warns =
        false;  // the answer is told what fails in the best state, for a conversation that does not show it
};

struct PlanInput {
    const Project& project;
    const std::vector<Target>& targets;  // best first
    const TestReport& report;            // of the state that is worked on
    int turn = 1;                        // of the run
    int restarts = 0;                    // how often the run began again from its first message
    bool fresh = false;                  // the conversation shows no attempt
    int batch = 4;                       // answers that the engine generates at once
    bool lines = true;                   // whether suspected lines are tried one by one
    bool rewrites = true;                // whether functions are asked for anew
    bool gaps = true;                    // whether forgotten lines are looked for
};

// The rounds of one turn, in the order in which they are tried until one gains something.
//
// First one greedy answer: it is the likeliest and the cheapest. Then a batch of sampled ones: an answer equal to an earlier one
// is worth nothing, so temperature must rise. Where nothing says which definition is wrong, suspected lines are tried one by one
// (suspect_lines.h): such an answer costs some twenty tokens. Then forgotten lines, where the model can
// fill gaps, and the likeliest functions anew, without their bodies in view. Then another form and the next likely place, because a small
// model repeats one misreading in all samples of one form. Pure.
[[nodiscard]] std::vector<Round> plan_rounds(const PlanInput& input);

}  // namespace hearth::scaffold
