# Files of a target are compiled several at a time, which with eight takes a third less time than one by one: most of it goes into
# headers and templates that they share. Which go together is found while configuring: no two that have a name for different things.
# After adding a name that a neighbour has as well ("redefinition of ..."), configure again. When one file changes, those with it are
# compiled again: fewer at a time are for whoever changes files, more for whoever compiles all of them once.
set(HEARTH_TOGETHER 8 CACHE STRING "How many files of a room are compiled at once, at most; 1: each for itself")
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(compile_together target)
    if(HEARTH_TOGETHER LESS 2)
        return()
    endif()
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/together.py ${HEARTH_TOGETHER} ${sources}
                    OUTPUT_VARIABLE groups OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE "\n" ";" groups "${groups}")
    foreach(line ${groups})
        string(REGEX MATCH "^([0-9]+) (.*)$" line "${line}")
        set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${CMAKE_MATCH_1})
    endforeach()
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
