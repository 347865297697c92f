// The addon's front: every function it gives to JavaScript, in one table.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/Logging.h>
#include <torch/version.h>

#include <atomic>
#include <functional>

#include "allocator.h"
#include "distributed.h"
#include "environment.h"
#include "operators.h"
#include "profiler.h"
#include "addon_functions.h"
#include "values.h"

namespace malleolus {

namespace {

napi_value release(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "free", [&] {
    call.state.release(to_int(env, call.argv[0]));
    return undefined(env);
  });
}

napi_value alias(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "alias", [&] { return from_tensor(call.state, to_tensor(call.state, call.argv[0])); });
}

napi_value live(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "live", [&] { return from_int(env, static_cast<int64_t>(call.state.live())); });
}

/// Whether a scope is open, at whose end its tensors are freed.
napi_value set_scoped(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "setScoped", [&] {
    call.state.set_scoped(to_bool(env, call.argv[0]));
    return undefined(env);
  });
}

napi_value shape(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "shape", [&] { return from_int_list(env, to_tensor(call.state, call.argv[0]).sizes()); });
}

napi_value strides(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "strides", [&] { return from_int_list(env, to_tensor(call.state, call.argv[0]).strides()); });
}

napi_value dtype(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "dtype", [&] {
    return from_string(env, dtype_name(to_tensor(call.state, call.argv[0]).scalar_type()));
  });
}

napi_value device(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "device", [&] { return from_string(env, to_tensor(call.state, call.argv[0]).device().str()); });
}

napi_value is_contiguous(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "isContiguous", [&] {
    const auto format = to_memory_format(to_string(env, call.argv[1]));
    if (format == at::MemoryFormat::Preserve) throw ArgumentError("expected contiguous or channelsLast");
    return from_bool(env, to_tensor(call.state, call.argv[0]).is_contiguous(format));
  });
}

napi_value set_error_class(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "setErrorClass", [&] {
    if (type_of(env, call.argv[0]) != napi_function) throw ArgumentError("expected a class");
    if (call.state.error_class != nullptr) napi_delete_reference(env, call.state.error_class);
    call.state.error_class = nullptr;
    napi_create_reference(env, call.argv[0], 1, &call.state.error_class);
    return undefined(env);
  });
}

napi_value threads(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "threads", [&] { return from_int(env, at::get_num_threads()); });
}

// Threads belong to the process: workers that load the addon later do not choose again.
std::atomic<bool> threads_chosen{false};

void choose_threads(int64_t count) {
  if (count < 1 || count > 1024) throw ArgumentError("expected 1 to 1024 threads, got " + std::to_string(count));
  threads_chosen = true;
  at::set_num_threads(static_cast<int>(count));
}

napi_value set_threads(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "setThreads", [&] {
    choose_threads(to_int(env, call.argv[0]));
    return undefined(env);
  });
}

napi_value set_default_threads(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "setThreads", [&] {
    const int64_t count = to_int(env, call.argv[0]);
    if (!threads_chosen) choose_threads(count);
    return undefined(env);
  });
}

napi_value manual_seed(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "manualSeed", [&] {
    at::manual_seed(static_cast<uint64_t>(to_int(env, call.argv[0])));
    return undefined(env);
  });
}

napi_value version(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "version", [&] { return from_string(env, TORCH_VERSION); });
}

napi_value has_cuda(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "hasCuda", [&] { return from_bool(env, at::hasCUDA() && at::getNumGPUs() > 0); });
}

struct Function {
  const char* name;
  napi_callback call;
};

constexpr Function kFunctions[] = {
    {"resolve", resolve_operator},
    {"describe", describe_operator},
    {"invoke", invoke_operator},
    {"operatorNames", operator_names},
    {"free", release},
    {"alias", alias},
    {"live", live},
    {"setScoped", set_scoped},
    {"shape", shape},
    {"strides", strides},
    {"dtype", dtype},
    {"device", device},
    {"isContiguous", is_contiguous},
    {"fromTypedArray", from_typed_array},
    {"toTypedArray", to_typed_array},
    {"copyToTypedArray", copy_to_typed_array},
    {"item", item},
    {"backward", backward},
    {"gradients", gradients},
    {"gradient", gradient_of},
    {"setGradient", set_gradient_of},
    {"requiresGrad", requires_grad},
    {"setRequiresGrad", set_requires_grad},
    {"setGradMode", set_grad_mode},
    {"enterAutocast", enter_autocast},
    {"leaveAutocast", leave_autocast},
    {"missingForProcessGroups", missing_for_process_groups},
    {"joinProcessGroup", join_process_group},
    {"leaveProcessGroup", leave_process_group},
    {"allReduce", all_reduce},
    {"broadcast", broadcast},
    {"newGradientBuckets", new_gradient_buckets},
    {"armGradientBuckets", arm_gradient_buckets},
    {"finishGradientBuckets", finish_gradient_buckets},
    {"freeGradientBuckets", free_gradient_buckets},
    {"threads", threads},
    {"setThreads", set_threads},
    {"setDefaultThreads", set_default_threads},
    {"manualSeed", manual_seed},
    {"version", version},
    {"hasCuda", has_cuda},
    {"startProfile", start_profile},
    {"setProfileStage", set_profile_stage},
    {"stopProfile", stop_profile},
    {"setErrorClass", set_error_class},
};

}  // namespace

}  // namespace malleolus

NAPI_MODULE_INIT() {
  using malleolus::Environment;
  // An error of LibTorch carries its C++ stack, which takes milliseconds to gather and is not shown.
  c10::SetStackTraceFetcher(std::function<std::string()>([] { return std::string(); }));
  // On a GPU as on the CPU: a step gives the same bits every time, and float32 is computed in float32.
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setAllowTF32CuDNN(false);
  malleolus::shelve_memory();
  auto* state = new Environment(env);
  napi_set_instance_data(
      env, state, [](napi_env, void* data, void*) { delete static_cast<Environment*>(data); }, nullptr);
  for (const auto& function : malleolus::kFunctions) {
    napi_value value;
    napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.call, state, &value);
    napi_set_named_property(env, exports, function.name, value);
  }
  return exports;
}
