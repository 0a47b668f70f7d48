# Which room links which system library beyond the ones that all rooms have (fmt, Boost.JSON, threads).
find_package(PkgConfig REQUIRED)
