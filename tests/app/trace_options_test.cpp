#include "app/trace_options.h"

#include <gmock/gmock.h>
#include <map>

namespace hearth::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

Result<serve::TraceOptions> options(const std::map<std::string, std::string>& variables,
                                    const std::string& option = {}) {
    return trace_options(option, [&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
    });
}

std::string url(const std::map<std::string, std::string>& variables, const std::string& option = {}) {
    const auto made = options(variables, option);
    return made ? made->url : made.error().message();
}

TEST(TraceOptions, NothingIsSentUnlessSomebodySaysWhere) {
    EXPECT_EQ(url({}), "");
    EXPECT_EQ(url({{"OTEL_SERVICE_NAME", "desk"}}), "");
    EXPECT_EQ(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", " "}}), "");
}

TEST(TraceOptions, AGeneralEndpointGetsThePathOfTraces) {
    EXPECT_EQ(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"}}), "http://c:4318/v1/traces");
    EXPECT_EQ(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c/otlp/"}}), "https://c/otlp/v1/traces");
    EXPECT_EQ(url({}, "http://127.0.0.1:4318"), "http://127.0.0.1:4318/v1/traces");
}

TEST(TraceOptions, TheEndpointOfTracesIsTakenAsItIs) {
    EXPECT_EQ(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"},
                   {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:1/in"}}),
              "http://t:1/in");
}

TEST(TraceOptions, TheOptionGoesBeforeTheEnvironment) {
    EXPECT_EQ(url({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:1/in"}, {"OTEL_SDK_DISABLED", "true"}},
                  "http://o"),
              "http://o/v1/traces");
}

TEST(TraceOptions, TheEnvironmentMayTurnThemOff) {
    const std::string endpoint = "http://c:4318";
    EXPECT_EQ(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint}, {"OTEL_SDK_DISABLED", "TRUE"}}), "");
    EXPECT_EQ(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint}, {"OTEL_TRACES_EXPORTER", "none"}}), "");
    EXPECT_NE(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint}, {"OTEL_TRACES_EXPORTER", "otlp"}}), "");
}

TEST(TraceOptions, HeadersAreDecodedAndThoseOfTracesGoFirst) {
    const auto made = options({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"},
                               {"OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20YTpi, x=1=2 ,"}});
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_THAT(made->headers, ElementsAre(Pair("Authorization", "Basic YTpi"), Pair("x", "1=2")));
    const auto own = options({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"},
                              {"OTEL_EXPORTER_OTLP_HEADERS", "x=1"},
                              {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "y=2"}});
    EXPECT_THAT(own->headers, ElementsAre(Pair("y", "2")));
}

TEST(TraceOptions, ABadHeaderIsRefusedWithoutItsSecret) {
    for (const auto* bad : {"secret", "na me=secret", "x=secret%0d%0ay: z", "x=secret%2", "=secret"}) {
        const auto made =
            options({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"}, {"OTEL_EXPORTER_OTLP_HEADERS", bad}});
        ASSERT_FALSE(made) << bad;
        EXPECT_THAT(made.error().message(), HasSubstr("OTEL_EXPORTER_OTLP_HEADERS"));
        EXPECT_THAT(made.error().message(), Not(HasSubstr("secret")));
    }
}

TEST(TraceOptions, TheServiceHasTheNameThatItWasGiven) {
    const std::pair<const std::string, std::string> on = {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"};
    EXPECT_THAT(options({on})->resource, Contains(Pair("service.name", "hearth")));
    EXPECT_THAT(options({on, {"OTEL_RESOURCE_ATTRIBUTES", "service.name=r,host.name=desk"}})->resource,
                testing::AllOf(Contains(Pair("service.name", "r")), Contains(Pair("host.name", "desk"))));
    EXPECT_THAT(
        options({on, {"OTEL_RESOURCE_ATTRIBUTES", "service.name=r"}, {"OTEL_SERVICE_NAME", "n"}})->resource,
        Contains(Pair("service.name", "n")));
}

TEST(TraceOptions, WhatCannotWorkIsSaid) {
    EXPECT_THAT(url({}, "127.0.0.1:4318"), HasSubstr("--otlp must be the address"));
    EXPECT_THAT(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", "c:4317"}}), HasSubstr("OTEL_EXPORTER_OTLP_ENDPOINT"));
    EXPECT_THAT(
        url({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}),
        HasSubstr("4318"));
    EXPECT_THAT(url({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"}, {"OTEL_EXPORTER_OTLP_TIMEOUT", "soon"}}),
                HasSubstr("OTEL_EXPORTER_OTLP_TIMEOUT"));
    EXPECT_EQ(options({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"}, {"OTEL_EXPORTER_OTLP_TIMEOUT", "2500"}})
                  ->timeout,
              std::chrono::milliseconds(2500));
}

}  // namespace
}  // namespace hearth::app
