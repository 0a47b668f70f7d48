#pragma once

#include <string>
#include <vector>

class Clinic {
public:
    void arrive(const std::string& name, int urgency);
    std::string call();
    void reassess(const std::string& name, int urgency);
    bool leave(const std::string& name);
    std::vector<std::string> waiting() const;

private:
    struct Patient {
        std::string name;
        int urgency;
    };

    std::vector<Patient>::iterator find(const std::string& name);

    std::vector<Patient> patients_;  // in the order of arrival
};
