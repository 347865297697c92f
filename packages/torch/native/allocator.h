// Memory of large tensors on the CPU, kept for the next tensor of about that size.
#pragma once

namespace malleolus {

/// Makes LibTorch take its memory from here, once in a process.
void shelve_memory();

}  // namespace malleolus
