#include "week.h"

#include <iostream>

int main() { return 0; }
