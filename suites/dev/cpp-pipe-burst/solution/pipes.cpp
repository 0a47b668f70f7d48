#include "pipes.h"

#include <functional>
#include <set>

static std::vector<bool> reached(int junctions, const std::vector<Pipe>& pipes, std::vector<int> open,
                                 const std::function<bool(int)>& passable) {
    std::vector<bool> seen(static_cast<std::size_t>(junctions));
    for (int start : open) seen[start] = true;
    while (!open.empty()) {
        const int here = open.back();
        open.pop_back();
        for (std::size_t i = 0; i < pipes.size(); ++i) {
            const Pipe& pipe = pipes[i];
            if ((pipe.from != here && pipe.to != here) || !passable(static_cast<int>(i))) continue;
            const int next = pipe.from == here ? pipe.to : pipe.from;
            if (seen[next]) continue;
            seen[next] = true;
            open.push_back(next);
        }
    }
    return seen;
}

Isolation isolate(int junctions, const std::vector<Pipe>& pipes, int source, int burst) {
    const auto leaking = reached(junctions, pipes, {pipes[burst].from, pipes[burst].to},
                                 [&](int i) { return i != burst && pipes[i].valve == 0; });
    const auto touches = [&](int i) { return leaking[pipes[i].from] || leaking[pipes[i].to]; };
    std::set<int> valves;
    for (int i = 0; i < static_cast<int>(pipes.size()); ++i) {
        if (i != burst && pipes[i].valve != 0 && touches(i)) valves.insert(pipes[i].valve);
    }
    std::vector<int> starts;
    if (!leaking[source]) starts.push_back(source);
    const auto wet = reached(junctions, pipes, starts, [&](int i) {
        return i != burst && !touches(i) && valves.count(pipes[i].valve) == 0;
    });
    Isolation result{{valves.begin(), valves.end()}, {}};
    for (int junction = 0; junction < junctions; ++junction) {
        if (!wet[junction]) result.dry.push_back(junction);
    }
    return result;
}
