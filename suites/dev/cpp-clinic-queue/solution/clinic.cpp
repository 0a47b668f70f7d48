#include "clinic.h"

#include <algorithm>
#include <stdexcept>

static void check(int urgency) {
    if (urgency < 1 || urgency > 5) throw std::invalid_argument("urgency");
}

std::vector<Clinic::Patient>::iterator Clinic::find(const std::string& name) {
    return std::find_if(patients_.begin(), patients_.end(), [&](const Patient& patient) { return patient.name == name; });
}

void Clinic::arrive(const std::string& name, int urgency) {
    check(urgency);
    if (find(name) != patients_.end()) throw std::invalid_argument("already waiting");
    patients_.push_back({name, urgency});
}

std::string Clinic::call() {
    if (patients_.empty()) throw std::out_of_range("nobody waits");
    const std::string name = waiting().front();
    leave(name);
    return name;
}

void Clinic::reassess(const std::string& name, int urgency) {
    check(urgency);
    const auto patient = find(name);
    if (patient == patients_.end()) throw std::invalid_argument("unknown name");
    patient->urgency = urgency;
}

bool Clinic::leave(const std::string& name) {
    const auto patient = find(name);
    if (patient == patients_.end()) return false;
    patients_.erase(patient);
    return true;
}

std::vector<std::string> Clinic::waiting() const {
    auto ordered = patients_;
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const Patient& a, const Patient& b) { return a.urgency < b.urgency; });
    std::vector<std::string> names;
    for (const auto& patient : ordered) names.push_back(patient.name);
    return names;
}
