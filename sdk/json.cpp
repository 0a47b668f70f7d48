// Boost.JSON's own definitions, so that the library needs no other.
#include <boost/json/src.hpp>
