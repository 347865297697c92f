// Gradients, gradient mode and autocast.
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include "addon_functions.h"
#include "values.h"

namespace malleolus {

namespace {

// LibTorch 2.4 named the device in autocast's setters; before that each device had its own.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
bool autocast_enabled(at::DeviceType device) { return at::autocast::is_autocast_enabled(device); }
at::ScalarType autocast_dtype(at::DeviceType device) { return at::autocast::get_autocast_dtype(device); }
void set_autocast(at::DeviceType device, bool enabled, at::ScalarType type) {
  at::autocast::set_autocast_enabled(device, enabled);
  at::autocast::set_autocast_dtype(device, type);
}
#else
bool autocast_enabled(at::DeviceType device) {
  return device == at::kCPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
}
at::ScalarType autocast_dtype(at::DeviceType device) {
  return device == at::kCPU ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype();
}
void set_autocast(at::DeviceType device, bool enabled, at::ScalarType type) {
  if (device == at::kCPU) {
    at::autocast::set_cpu_enabled(enabled);
    at::autocast::set_autocast_cpu_dtype(type);
  } else {
    at::autocast::set_enabled(enabled);
    at::autocast::set_autocast_gpu_dtype(type);
  }
}
#endif

constexpr at::DeviceType kAutocastDevices[] = {at::kCPU, at::kCUDA};

AutocastState autocast_state() {
  AutocastState state;
  for (size_t i = 0; i < std::size(kAutocastDevices); ++i) {
    state.enabled[i] = autocast_enabled(kAutocastDevices[i]);
    state.type[i] = autocast_dtype(kAutocastDevices[i]);
  }
  return state;
}

void restore_autocast(const AutocastState& state) {
  for (size_t i = 0; i < std::size(kAutocastDevices); ++i) {
    set_autocast(kAutocastDevices[i], state.enabled[i], state.type[i]);
  }
}

/// LibTorch keeps cast weights by weight alone: two dtypes would get each other's.
bool may_share_casts(const AutocastState& a, const AutocastState& b) {
  for (size_t i = 0; i < std::size(kAutocastDevices); ++i) {
    if (a.enabled[i] && b.enabled[i] && a.type[i] != b.type[i]) return false;
  }
  return true;
}

/// Autograd wants gradients as undefined tensors where JavaScript says null.
torch::autograd::variable_list to_gradients(Environment& state, napi_value value) {
  torch::autograd::variable_list gradients;
  if (is_absent(state.env, value)) return gradients;
  for (auto& gradient : to_optional_tensor_list(state, value)) {
    gradients.push_back(gradient.has_value() ? *gradient : at::Tensor());
  }
  return gradients;
}

}  // namespace

// backward(tensors, gradients | null, retainGraph, inputs)
napi_value backward(napi_env env, napi_callback_info info) {
  const Call<4> call(env, info);
  return guarded(call.state, "backward", [&] {
    const auto roots = to_tensor_list(call.state, call.argv[0]);
    const auto gradients = to_gradients(call.state, call.argv[1]);
    const bool retain = to_bool(env, call.argv[2]);
    torch::autograd::backward(roots, gradients, retain, /*create_graph=*/false, to_tensor_list(call.state, call.argv[3]));
    call.state.report_memory();
    return undefined(env);
  });
}

// gradients(outputs, inputs, gradients | null, retainGraph, createGraph, allowUnused)
napi_value gradients(napi_env env, napi_callback_info info) {
  const Call<6> call(env, info);
  return guarded(call.state, "grad", [&] {
    const auto outputs = to_tensor_list(call.state, call.argv[0]);
    const auto inputs = to_tensor_list(call.state, call.argv[1]);
    const auto results = torch::autograd::grad(outputs, inputs, to_gradients(call.state, call.argv[2]), to_bool(env, call.argv[3]),
                                               to_bool(env, call.argv[4]), to_bool(env, call.argv[5]));
    call.state.report_memory();
    return from_tensor_list(call.state, results);
  });
}

napi_value gradient_of(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "grad", [&] { return from_tensor(call.state, to_tensor(call.state, call.argv[0]).grad()); });
}

// setGradient(tensor, gradient | null)
napi_value set_gradient_of(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "grad", [&] {
    const at::Tensor tensor = to_tensor(call.state, call.argv[0]);
    at::Tensor gradient;
    if (!is_absent(env, call.argv[1])) {
      gradient = to_tensor(call.state, call.argv[1]);
      // LibTorch itself looks at none of this, and writes through the gradient later.
      if (gradient.is_same(tensor)) throw ArgumentError("a tensor cannot be its own gradient");
      if (gradient.sizes() != tensor.sizes() || gradient.scalar_type() != tensor.scalar_type() ||
          gradient.device() != tensor.device()) {
        throw ArgumentError(c10::str("expected a gradient of shape ", tensor.sizes(), " ", dtype_name(tensor.scalar_type()),
                                     " on ", tensor.device(), ", got ", gradient.sizes(), " ",
                                     dtype_name(gradient.scalar_type()), " on ", gradient.device()));
      }
    }
    tensor.mutable_grad() = std::move(gradient);
    return undefined(env);
  });
}

napi_value requires_grad(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "requiresGrad", [&] { return from_bool(env, to_tensor(call.state, call.argv[0]).requires_grad()); });
}

napi_value set_requires_grad(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "requiresGrad_", [&] {
    to_tensor(call.state, call.argv[0]).requires_grad_(to_bool(env, call.argv[1]));
    return undefined(env);
  });
}

// setGradMode(enabled) -> what it was
napi_value set_grad_mode(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "noGrad", [&] {
    const bool before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(to_bool(env, call.argv[0]));
    return from_bool(env, before);
  });
}

// enterAutocast(dtype | null) -> the region's number, for leaveAutocast. null switches it off.
napi_value enter_autocast(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "autocast", [&] {
    const bool enable = !is_absent(env, call.argv[0]);
    const auto type = enable ? to_dtype(to_string(env, call.argv[0])) : at::kBFloat16;
    if (type != at::kBFloat16 && type != at::kHalf) {
      throw ArgumentError("expected bfloat16 or float16, got " + std::string(dtype_name(type)));
    }
    const AutocastState before = autocast_state();
    try {
      for (const auto device : kAutocastDevices) set_autocast(device, enable, type);
    } catch (...) {
      // LibTorch 1.13 refuses float16 on the CPU, after it has switched autocast on.
      restore_autocast(before);
      throw;
    }
    call.state.autocast_regions.push_back(before);
    if (!may_share_casts(before, autocast_state())) at::autocast::clear_cache();
    at::autocast::increment_nesting();
    return from_int(env, static_cast<int64_t>(call.state.autocast_regions.size()));
  });
}

// leaveAutocast(number): also drops the weights that autocast cast and kept, which would be
// stale after an update in place, unless a region around goes on with them. Regions that began
// inside this one end with it.
napi_value leave_autocast(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "autocast", [&] {
    auto& regions = call.state.autocast_regions;
    const int64_t number = to_int(env, call.argv[0]);
    if (number < 1 || number > static_cast<int64_t>(regions.size())) throw ArgumentError("no such region is open");
    const AutocastState before = regions[number - 1], inside = autocast_state();
    restore_autocast(before);
    for (; static_cast<int64_t>(regions.size()) >= number; regions.pop_back()) at::autocast::decrement_nesting();
    if (!before.enabled[0] || !may_share_casts(before, inside)) at::autocast::clear_cache();
    return undefined(env);
  });
}

}  // namespace malleolus
