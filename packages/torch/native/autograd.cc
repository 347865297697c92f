// Gradients, gradient mode and autocast.
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include "tensors.h"
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
  napi_value argv[4];
  size_t argc = 4;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "backward", [&] {
    const auto roots = to_tensor_list(state, argv[0]);
    const auto gradients = to_gradients(state, argv[1]);
    const bool retain = to_bool(env, argv[2]);
    torch::autograd::backward(roots, gradients, retain, /*create_graph=*/false, to_tensor_list(state, argv[3]));
    state.report_memory();
    return undefined(env);
  });
}

// gradients(outputs, inputs, gradients | null, retainGraph, createGraph, allowUnused)
napi_value gradients(napi_env env, napi_callback_info info) {
  napi_value argv[6];
  size_t argc = 6;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "grad", [&] {
    const auto outputs = to_tensor_list(state, argv[0]);
    const auto inputs = to_tensor_list(state, argv[1]);
    const auto results = torch::autograd::grad(outputs, inputs, to_gradients(state, argv[2]), to_bool(env, argv[3]),
                                               to_bool(env, argv[4]), to_bool(env, argv[5]));
    state.report_memory();
    return from_tensor_list(state, results);
  });
}

napi_value gradient_of(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "grad", [&] { return from_tensor(state, to_tensor(state, argv[0]).grad()); });
}

// setGradient(tensor, gradient | null)
napi_value set_gradient_of(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "grad", [&] {
    const at::Tensor tensor = to_tensor(state, argv[0]);
    tensor.mutable_grad() = is_absent(env, argv[1]) ? at::Tensor() : to_tensor(state, argv[1]);
    return undefined(env);
  });
}

napi_value requires_grad(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "requiresGrad", [&] { return from_bool(env, to_tensor(state, argv[0]).requires_grad()); });
}

napi_value set_requires_grad(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "requiresGrad_", [&] {
    to_tensor(state, argv[0]).requires_grad_(to_bool(env, argv[1]));
    return undefined(env);
  });
}

// setGradMode(enabled) -> what it was
napi_value set_grad_mode(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "noGrad", [&] {
    const bool before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(to_bool(env, argv[0]));
    return from_bool(env, before);
  });
}

// enterAutocast(dtype | null) -> the state before, for leaveAutocast. null switches it off.
napi_value enter_autocast(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "autocast", [&] {
    const bool enable = !is_absent(env, argv[0]);
    const auto type = enable ? to_dtype(to_string(env, argv[0])) : at::kBFloat16;
    if (enable && type != at::kBFloat16 && type != at::kHalf) {
      throw ArgumentError("expected bfloat16 or float16, got " + std::string(dtype_name(type)));
    }
    napi_value before;
    napi_create_array_with_length(env, std::size(kAutocastDevices) * 2, &before);
    uint32_t index = 0;
    for (const auto device : kAutocastDevices) {
      napi_set_element(env, before, index++, from_bool(env, autocast_enabled(device)));
      napi_set_element(env, before, index++, from_string(env, dtype_name(autocast_dtype(device))));
      set_autocast(device, enable, type);
    }
    at::autocast::increment_nesting();
    return before;
  });
}

// leaveAutocast(state before): also drops the weights that autocast cast and kept, which
// would be stale after an update in place.
napi_value leave_autocast(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  void* data;
  napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  auto& state = *static_cast<Environment*>(data);
  return guarded(state, "autocast", [&] {
    uint32_t index = 0;
    for (const auto device : kAutocastDevices) {
      napi_value enabled, type;
      napi_get_element(env, argv[0], index++, &enabled);
      napi_get_element(env, argv[0], index++, &type);
      set_autocast(device, to_bool(env, enabled), to_dtype(to_string(env, type)));
    }
    at::autocast::decrement_nesting();
    at::autocast::clear_cache();
    return undefined(env);
  });
}

}  // namespace malleolus
