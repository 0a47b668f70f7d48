#include "labels.h"

#include <cstdio>

std::string length(long mm) {
    char text[40];
    if (mm < 0) return "?";
    if (mm >= 1000000) {
        std::snprintf(text, sizeof text, "%.1f km", static_cast<double>(mm) / 1000000);
    } else if (mm >= 1000) {
        std::snprintf(text, sizeof text, "%.1f m", static_cast<double>(mm) / 1000);
    } else if (mm >= 10) {
        std::snprintf(text, sizeof text, "%.1f cm", static_cast<double>(mm) / 10);
    } else {
        std::snprintf(text, sizeof text, "%ld mm", mm);
    }
    return text;
}

std::string weight(long mg) {
    char text[40];
    if (mg < 0) return "?";
    if (mg >= 1000000000) {
        std::snprintf(text, sizeof text, "%.1f t", static_cast<double>(mg) / 1000000000);
    } else if (mg >= 1000000) {
        std::snprintf(text, sizeof text, "%.1f kg", static_cast<double>(mg) / 1000000);
    } else if (mg >= 1000) {
        std::snprintf(text, sizeof text, "%.1f g", static_cast<double>(mg) / 1000);
    } else {
        std::snprintf(text, sizeof text, "%ld mg", mg);
    }
    return text;
}

std::string volume(long ml) {
    char text[40];
    if (ml < 0) return "?";
    if (ml >= 100000) {
        std::snprintf(text, sizeof text, "%.1f hl", static_cast<double>(ml) / 100000);
    } else if (ml >= 1000) {
        std::snprintf(text, sizeof text, "%.1f l", static_cast<double>(ml) / 1000);
    } else {
        std::snprintf(text, sizeof text, "%ld ml", ml);
    }
    return text;
}
