// Checks before a call that LibTorch itself leaves out, where a wrong argument would end the
// process or give wrong numbers without a word.
#pragma once

#include <ATen/core/ivalue.h>

#include <string>
#include <vector>

namespace malleolus {

/// Throws ArgumentError, or mends an argument, before the operator is called with the stack.
using Guard = void (*)(std::vector<c10::IValue>& stack);

/// The guard of an operator by its full name; null where it needs none.
Guard guard_of(const std::string& name);

}  // namespace malleolus
