// The texts of the *.cuh, as CMake writes them into the addon: they are compiled for the GPU that is there.
#pragma once

namespace malleolus::cuda {

struct KernelSource {
  const char* name;
  const char* text;
};

extern const KernelSource kKernelSources[3];

}  // namespace malleolus::cuda
