# Which room links which system library beyond the ones that all rooms have (fmt, Boost.JSON, threads).
find_package(PkgConfig REQUIRED)

# os: SHA-256 without libcrypto. Static, so that the program starts without another library.
find_library(HEARTH_SODIUM libsodium.a REQUIRED)
target_link_libraries(hearth_os PRIVATE ${HEARTH_SODIUM} ${CMAKE_DL_LIBS})

# sandbox: its launcher program and the generated system-call filter.
include(cmake/embed.cmake)
include(cmake/sandbox.cmake)

# model: wheels are zip archives (static, as above); the catalogue of the source tree, for a program that is run from
# its build folder.
find_library(HEARTH_MINIZIP libminizip.a REQUIRED)
find_library(HEARTH_ZLIB libz.a REQUIRED)
target_link_libraries(hearth_model PRIVATE ${HEARTH_MINIZIP} ${HEARTH_ZLIB})
target_compile_definitions(hearth_model PRIVATE HEARTH_SOURCE_CATALOGUE="${CMAKE_SOURCE_DIR}/catalogue")

# net: libcurl's header only; the library is loaded when it is first needed.
find_path(HEARTH_CURL_INCLUDE curl/curl.h REQUIRED)
target_link_libraries(hearth_net PRIVATE ${CMAKE_DL_LIBS})
# TLS of the server and to other servers. Shared, so that the system's security updates reach it; it costs a start 2.5 ms (`hearth --version`).
find_package(OpenSSL 3.0 REQUIRED)
target_link_libraries(hearth_net PRIVATE OpenSSL::SSL OpenSSL::Crypto)
# Asio's code is compiled in one file of net; serve sees its headers as well.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/net/detail/asio.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
target_compile_definitions(hearth_net PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
                                             BOOST_ASIO_DISABLE_BOOST_ARRAY)

# tui: Markdown and the widths of characters, static as above.
find_library(HEARTH_CMARK libcmark-gfm.a REQUIRED)
find_library(HEARTH_CMARK_EXTENSIONS libcmark-gfm-extensions.a REQUIRED)
find_library(HEARTH_UTF8PROC libutf8proc.a REQUIRED)
target_compile_definitions(hearth_tui PRIVATE UTF8PROC_STATIC CMARK_GFM_STATIC_DEFINE CMARK_GFM_EXTENSIONS_STATIC_DEFINE)
target_link_libraries(hearth_tui PRIVATE ${HEARTH_CMARK_EXTENSIONS} ${HEARTH_CMARK} ${HEARTH_UTF8PROC})

# agent: regular expressions of the tool grep, static as above.
find_path(HEARTH_RE2_INCLUDE re2/re2.h REQUIRED)
find_library(HEARTH_RE2 libre2.a REQUIRED)
target_link_libraries(hearth_agent PRIVATE ${HEARTH_RE2})

# store: SQLite, static as above.
find_library(HEARTH_SQLITE libsqlite3.a REQUIRED)
# PostgreSQL's header only; its library is loaded when it is first needed.
find_path(HEARTH_LIBPQ_INCLUDE libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
target_include_directories(hearth_store SYSTEM PRIVATE ${HEARTH_LIBPQ_INCLUDE})
target_link_libraries(hearth_store PRIVATE ${HEARTH_SQLITE} m ${CMAKE_DL_LIBS})

# scaffold: the programs that load a candidate and run tests on it, in its own language.
embed_file(hearth_scaffold ${CMAKE_SOURCE_DIR}/src/scaffold/probe/python.py scaffold/python_probe.inc)
embed_file(hearth_scaffold ${CMAKE_SOURCE_DIR}/src/scaffold/probe/node.mjs scaffold/node_probe.inc)

# extend: the program that runs pi's extensions.
foreach(part host api loader decisions arguments session ui bridge absent coding_agent agent_core ai tui typebox)
    embed_file(hearth_extend ${CMAKE_SOURCE_DIR}/src/extend/node/${part}.mjs extend/node/${part}.inc)
endforeach()
