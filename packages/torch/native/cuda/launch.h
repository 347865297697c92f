// Runs a kernel where a tensor lies: on a GPU, or, for tests, thread by thread on the CPU.
#pragma once

#include <ATen/ATen.h>

#include "portable.cuh"

namespace malleolus::cuda {

/// Gives a kernel to the device's default stream; its work is done later. `arguments` is copied.
void launch_on_gpu(const char* kernel, c10::Device device, int64_t blocks, int64_t threads, const void* arguments);

constexpr int64_t kThreadsOfBlock = 128;
constexpr int64_t kThreadsOfSingleBlock = 512;
constexpr int64_t kMostBlocks = 1 << 20;
// Few and odd, so that threads go on with more work, at places that no power of two divides.
constexpr int64_t kSimulatedThreads = 37;

/// `count` is the number of pieces of work; at most `most_blocks` blocks share them.
template <typename Arguments>
void launch(const kernels::Kernel<Arguments>& kernel, c10::Device device, int64_t count, const Arguments& arguments,
            int64_t most_blocks = kMostBlocks) {
  if (count == 0) return;
  if (device.is_cuda()) {
    const int64_t blocks = std::min((count + kThreadsOfBlock - 1) / kThreadsOfBlock, most_blocks);
    launch_on_gpu(kernel.name, device, blocks, kThreadsOfBlock, &arguments);
    return;
  }
  for (int64_t thread = 0; thread < kSimulatedThreads; ++thread) kernel.run(arguments, {thread, kSimulatedThreads});
}

/// A kernel of one block.
template <typename Arguments>
void launch(const kernels::BlockKernel<Arguments>& kernel, c10::Device device, const Arguments& arguments) {
  if (device.is_cuda()) {
    launch_on_gpu(kernel.name, device, 1, kThreadsOfSingleBlock, &arguments);
  } else {
    kernel.run(arguments, static_cast<int>(kSimulatedThreads));
  }
}

}  // namespace malleolus::cuda
