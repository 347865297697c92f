// What an operator of ours does under autocast: cast its floats to the dtype of the region.
#pragma once

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace malleolus {

// LibTorch 2.4 named the device in autocast's getters; before that each device had its own.
inline at::ScalarType autocast_type(at::DeviceType device) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  return at::autocast::get_autocast_dtype(device);
#else
  return device == at::kCPU ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype();
#endif
}

/// The tensor in autocast's dtype; weights that train are cast once a region.
template <at::DeviceType device>
at::Tensor cast(const at::Tensor& tensor) {
  return at::autocast::cached_cast(autocast_type(device), tensor, device);
}

template <at::DeviceType device>
struct WithoutAutocast {
  c10::impl::ExcludeDispatchKeyGuard guard{
      c10::DispatchKeySet(device == at::kCPU ? c10::DispatchKey::AutocastCPU : c10::DispatchKey::AutocastCUDA)};
};

}  // namespace malleolus
