// The kernels' compiler: NVRTC, which every CUDA build of LibTorch brings along.
#pragma once

#include <string>

namespace malleolus::cuda {

/// All kernels for an architecture: machine code for "sm_90", PTX for "compute_90". Throws with the compiler's words.
std::string compile_kernels(const std::string& architecture);

/// What to compile for, for a GPU of this compute capability (90 for 9.0): its own machine code where the compiler
/// knows it, else the newest PTX, which the driver translates.
std::string architecture_for(int capability);

/// NVRTC's version, 1302 for 13.2; 0 where there is none.
int compiler_version();

}  // namespace malleolus::cuda
