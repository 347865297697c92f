// Between typed arrays and tensors, without a detour through JavaScript values.
#include <cstring>

#include "addon_functions.h"
#include "values.h"

namespace malleolus {

namespace {

struct HostArray {
  void* data;
  size_t bytes;
  napi_typedarray_type type;
};

HostArray to_host_array(napi_env env, napi_value value) {
  bool is_typed_array = false;
  napi_is_typedarray(env, value, &is_typed_array);
  if (!is_typed_array) throw ArgumentError("expected a typed array, got " + kind_of(env, value));
  HostArray array{};
  size_t length = 0;
  array.type = static_cast<napi_typedarray_type>(-1);  // stays so for a kind that N-API does not know
  if (napi_get_typedarray_info(env, value, &array.type, &length, &array.data, nullptr, nullptr) != napi_ok) {
    throw ArgumentError("the typed array cannot be read");
  }
  static constexpr size_t kElementBytes[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
  if (static_cast<size_t>(array.type) >= std::size(kElementBytes)) throw ArgumentError("this typed array's type is not supported");
  if (array.data == nullptr) length = 0;  // its buffer was transferred elsewhere
  array.bytes = length * kElementBytes[array.type];
  return array;
}

/// The typed array that holds a dtype's elements as they are; bfloat16 and float16 as their bits.
napi_typedarray_type array_type_of(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return napi_float32_array;
    case at::kDouble: return napi_float64_array;
    case at::kBFloat16:
    case at::kHalf: return napi_uint16_array;
    case at::kLong: return napi_bigint64_array;
    case at::kInt: return napi_int32_array;
    case at::kShort: return napi_int16_array;
    case at::kChar: return napi_int8_array;
    case at::kByte:
    case at::kBool: return napi_uint8_array;
    default: throw ArgumentError(std::string("dtype ") + at::toString(type) + " has no typed array");
  }
}

bool holds(napi_typedarray_type array, at::ScalarType type) {
  const auto wanted = array_type_of(type);
  return array == wanted || (wanted == napi_uint8_array && array == napi_uint8_clamped_array);
}

void check_layout(const HostArray& array, at::ScalarType type, int64_t elements) {
  if (!holds(array.type, type)) {
    throw ArgumentError(std::string("this typed array does not hold ") + dtype_name(type));
  }
  const auto needed = static_cast<size_t>(elements) * c10::elementSize(type);
  if (array.bytes != needed) {
    throw ArgumentError("expected " + std::to_string(elements) + " elements, got " +
                        std::to_string(array.bytes / c10::elementSize(type)));
  }
}

/// As consecutive elements in memory; refuses the kinds of tensor that hold no bytes.
at::Tensor on_host(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.detach().to(at::kCPU).contiguous().resolve_conj().resolve_neg();
  if (dense.layout() != at::kStrided || (dense.nbytes() > 0 && dense.data_ptr() == nullptr)) {
    throw ArgumentError("the tensor has no bytes that could be read");
  }
  return dense;
}

}  // namespace

napi_value from_typed_array(napi_env env, napi_callback_info info) {
  const Call<4> call(env, info);
  return guarded(call.state, "tensor", [&] {
    const HostArray source = to_host_array(env, call.argv[0]);
    const auto shape = to_int_list(env, call.argv[1], 0);
    const auto type = to_dtype(to_string(env, call.argv[2]));
    const auto device = to_device(to_string(env, call.argv[3]));
    int64_t elements = 1;
    for (const int64_t size : shape) {
      if (size < 0) throw ArgumentError("a size is negative");
      if (__builtin_mul_overflow(elements, size, &elements)) throw ArgumentError("the shape is too large");
    }
    check_layout(source, type, elements);
    // From pinned memory a GPU copies while this thread goes on; from any other it would first have to finish what it
    // does. The memory is reused when the copy is done: LibTorch sees to that.
    const bool pinned = device.is_cuda() && source.bytes > 0;
    at::Tensor tensor = at::empty(shape, at::TensorOptions(type).pinned_memory(pinned));
    if (source.bytes > 0) std::memcpy(tensor.data_ptr(), source.data, source.bytes);
    if (!device.is_cpu()) tensor = tensor.to(device, type, /*non_blocking=*/true);
    call.state.report_memory();
    return from_tensor(call.state, tensor);
  });
}

napi_value to_typed_array(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "toTypedArray", [&] {
    const at::Tensor tensor = on_host(to_tensor(call.state, call.argv[0]));
    const auto type = array_type_of(tensor.scalar_type());
    void* target = nullptr;
    napi_value buffer, array;
    if (napi_create_arraybuffer(env, tensor.nbytes(), &target, &buffer) != napi_ok) {
      throw std::runtime_error("no memory for " + std::to_string(tensor.nbytes()) + " bytes");
    }
    if (tensor.nbytes() > 0) std::memcpy(target, tensor.data_ptr(), tensor.nbytes());
    if (napi_create_typedarray(env, type, tensor.numel(), buffer, 0, &array) != napi_ok) {
      throw std::runtime_error("no typed array of " + std::to_string(tensor.numel()) + " elements");
    }
    return array;
  });
}

napi_value copy_to_typed_array(napi_env env, napi_callback_info info) {
  const Call<2> call(env, info);
  return guarded(call.state, "copyTo", [&] {
    const at::Tensor tensor = on_host(to_tensor(call.state, call.argv[0]));
    const HostArray target = to_host_array(env, call.argv[1]);
    check_layout(target, tensor.scalar_type(), tensor.numel());
    if (target.bytes > 0) std::memcpy(target.data, tensor.data_ptr(), target.bytes);
    return undefined(env);
  });
}

napi_value item(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "item", [&] {
    const at::Scalar value = to_tensor(call.state, call.argv[0]).item();
    if (value.isBoolean()) return from_int(env, value.toBool() ? 1 : 0);
    if (value.isIntegral(false)) return from_int(env, value.toLong());
    return from_double(env, value.toDouble());
  });
}

}  // namespace malleolus
