# The files of a target are compiled eight at a time, which takes a third less time than one by one: most of it goes into headers and
# templates that they share. Which go together is found while configuring: no two that have a name for different things. After
# adding a name that a neighbour has as well ("redefinition of ..."), configure again. When one file changes, its eight are compiled
# again: -DHEARTH_UNITY=OFF, as in the debug preset and in those of GCC, is for whoever would rather wait less for that.
option(HEARTH_UNITY "Compile several files of a room at once" ON)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(compile_together target)
    if(NOT HEARTH_UNITY)
        return()
    endif()
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/together.py 8 ${sources}
                    OUTPUT_VARIABLE groups OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE "\n" ";" groups "${groups}")
    foreach(line ${groups})
        string(REGEX MATCH "^([0-9]+) (.*)$" line "${line}")
        set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${CMAKE_MATCH_1})
    endforeach()
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
