#include "values.h"

#include <cmath>
#include <cstdio>

namespace malleolus {

namespace {

constexpr double kLargestSafeInteger = 9007199254740991.0;
// An array's length may be 2^32 - 1 without a single element; memory is set aside by it.
constexpr uint32_t kLongestList = 1 << 20;

struct DtypeName {
  const char* name;
  at::ScalarType type;
};

constexpr DtypeName kDtypes[] = {
    {"float32", at::kFloat}, {"float64", at::kDouble}, {"bfloat16", at::kBFloat16}, {"float16", at::kHalf},
    {"int64", at::kLong},    {"int32", at::kInt},      {"int16", at::kShort},       {"int8", at::kChar},
    {"uint8", at::kByte},    {"bool", at::kBool}};

uint32_t array_length(napi_env env, napi_value value, const char* expected) {
  bool is_array = false;
  napi_is_array(env, value, &is_array);
  if (!is_array) throw ArgumentError(std::string("expected ") + expected + ", got " + kind_of(env, value));
  uint32_t length = 0;
  napi_get_array_length(env, value, &length);
  if (length > kLongestList) {
    throw ArgumentError(std::string("expected ") + expected + " of at most " + std::to_string(kLongestList) + ", got " +
                        std::to_string(length));
  }
  return length;
}

/// For values made for JavaScript: without memory, or with an exception pending, there are none.
void check(napi_status status) {
  if (status != napi_ok) throw std::runtime_error("internal: JavaScript refused a value");
}

napi_value element(napi_env env, napi_value array, uint32_t index) {
  napi_value value;
  if (napi_get_element(env, array, index, &value) != napi_ok) throw ArgumentError("an element could not be read");
  return value;
}

}  // namespace

napi_valuetype type_of(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  return type;
}

bool is_absent(napi_env env, napi_value value) {
  const napi_valuetype type = type_of(env, value);
  return type == napi_undefined || type == napi_null;
}

std::string kind_of(napi_env env, napi_value value) {
  bool is_array = false;
  napi_is_array(env, value, &is_array);
  if (is_array) return "an array";
  switch (type_of(env, value)) {
    case napi_undefined: return "undefined";
    case napi_null: return "null";
    case napi_boolean: return "a boolean";
    case napi_number: {
      double number = 0;
      napi_get_value_double(env, value, &number);
      char text[40];
      snprintf(text, sizeof text, "the number %.17g", number);
      return text;
    }
    case napi_string: {
      char text[40];  // its beginning: a string may be as long as half a gigabyte
      size_t length = 0;
      napi_get_value_string_utf8(env, value, text, sizeof text, &length);
      return "the string \"" + std::string(text, length) + "\"";
    }
    case napi_symbol: return "a symbol";
    case napi_function: return "a function";
    case napi_bigint: return "a bigint";
    default: return "an object";
  }
}

double to_double(napi_env env, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) {
    throw ArgumentError("expected a number, got " + kind_of(env, value));
  }
  return number;
}

int64_t to_int(napi_env env, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok) {
    if (!(std::abs(number) <= kLargestSafeInteger) || number != std::trunc(number)) {
      throw ArgumentError("expected an integer, got " + kind_of(env, value));
    }
    return static_cast<int64_t>(number);
  }
  int64_t big;
  bool lossless = false;
  if (napi_get_value_bigint_int64(env, value, &big, &lossless) == napi_ok) {
    if (!lossless) throw ArgumentError("expected an integer of 64 bits, got a larger bigint");
    return big;
  }
  throw ArgumentError("expected an integer, got " + kind_of(env, value));
}

bool to_bool(napi_env env, napi_value value) {
  bool result;
  if (napi_get_value_bool(env, value, &result) != napi_ok) {
    throw ArgumentError("expected a boolean, got " + kind_of(env, value));
  }
  return result;
}

std::string to_string(napi_env env, napi_value value) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) {
    throw ArgumentError("expected a string, got " + kind_of(env, value));
  }
  std::string text(length, '\0');
  if (napi_get_value_string_utf8(env, value, text.data(), length + 1, &length) != napi_ok) {
    throw ArgumentError("a string could not be read");
  }
  return text;
}

std::vector<int64_t> to_int_list(napi_env env, napi_value value, int repeat) {
  if (repeat > 0 && type_of(env, value) == napi_number) {
    return std::vector<int64_t>(repeat, to_int(env, value));
  }
  const uint32_t length = array_length(env, value, "a list of integers");
  std::vector<int64_t> list(length);
  for (uint32_t i = 0; i < length; ++i) list[i] = to_int(env, element(env, value, i));
  return list;
}

std::vector<double> to_double_list(napi_env env, napi_value value) {
  const uint32_t length = array_length(env, value, "a list of numbers");
  std::vector<double> list(length);
  for (uint32_t i = 0; i < length; ++i) list[i] = to_double(env, element(env, value, i));
  return list;
}

at::Scalar to_scalar(napi_env env, napi_value value, bool integral) {
  switch (type_of(env, value)) {
    case napi_number: {
      const double number = to_double(env, value);
      const bool whole = std::abs(number) <= kLargestSafeInteger && number == std::trunc(number);
      if (integral && whole) return at::Scalar(static_cast<int64_t>(number));
      return at::Scalar(number);
    }
    case napi_bigint: return at::Scalar(to_int(env, value));
    case napi_boolean: return at::Scalar(to_bool(env, value));
    default: throw ArgumentError("expected a number, bigint or boolean, got " + kind_of(env, value));
  }
}

at::ScalarType to_dtype(const std::string& name) {
  for (const DtypeName& entry : kDtypes) {
    if (name == entry.name) return entry.type;
  }
  throw ArgumentError("unknown dtype \"" + name + "\"");
}

const char* dtype_name(at::ScalarType type) {
  for (const DtypeName& entry : kDtypes) {
    if (type == entry.type) return entry.name;
  }
  throw ArgumentError(std::string("dtype ") + at::toString(type) + " is not supported");
}

at::MemoryFormat to_memory_format(const std::string& name) {
  if (name == "contiguous") return at::MemoryFormat::Contiguous;
  if (name == "channelsLast") return at::MemoryFormat::ChannelsLast;
  if (name == "preserve") return at::MemoryFormat::Preserve;
  throw ArgumentError("unknown memory format \"" + name + "\" (contiguous, channelsLast, preserve)");
}

at::Device to_device(const std::string& name) {
  const bool digits = name.size() > 5 && name.size() < 9 && name.find_first_not_of("0123456789", 5) == std::string::npos;
  if (name != "cpu" && name != "cuda" && !(name.rfind("cuda:", 0) == 0 && digits)) {
    throw ArgumentError("unknown device \"" + name.substr(0, 40) + "\" (cpu, cuda, cuda:<number>)");
  }
  const at::Device device(name);
  if (device.is_cuda()) {
    const int64_t count = at::hasCUDA() ? at::getNumGPUs() : 0;
    if (count == 0) throw ArgumentError("device " + name + ": this LibTorch has no CUDA, or finds no GPU");
    if (device.has_index() && device.index() >= count) {
      throw ArgumentError("device " + name + ": there are " + std::to_string(count) + " GPUs");
    }
  }
  return device;
}

const at::Tensor& to_tensor(Environment& state, napi_value value) {
  return state.at(to_int(state.env, value));
}

std::vector<at::Tensor> to_tensor_list(Environment& state, napi_value value) {
  const uint32_t length = array_length(state.env, value, "a list of tensors");
  std::vector<at::Tensor> list;
  list.reserve(length);
  for (uint32_t i = 0; i < length; ++i) list.push_back(to_tensor(state, element(state.env, value, i)));
  return list;
}

std::vector<c10::optional<at::Tensor>> to_optional_tensor_list(Environment& state, napi_value value) {
  const uint32_t length = array_length(state.env, value, "a list of tensors or nulls");
  std::vector<c10::optional<at::Tensor>> list;
  list.reserve(length);
  for (uint32_t i = 0; i < length; ++i) {
    const napi_value item = element(state.env, value, i);
    if (is_absent(state.env, item)) {
      list.emplace_back();
    } else {
      list.emplace_back(to_tensor(state, item));
    }
  }
  return list;
}

napi_value from_int(napi_env env, int64_t value) {
  napi_value result;
  if (std::abs(static_cast<double>(value)) <= kLargestSafeInteger) {
    check(napi_create_int64(env, value, &result));
  } else {
    check(napi_create_bigint_int64(env, value, &result));
  }
  return result;
}

napi_value from_double(napi_env env, double value) {
  napi_value result;
  check(napi_create_double(env, value, &result));
  return result;
}

napi_value from_bool(napi_env env, bool value) {
  napi_value result;
  check(napi_get_boolean(env, value, &result));
  return result;
}

napi_value from_string(napi_env env, const std::string& value) {
  napi_value result;
  check(napi_create_string_utf8(env, value.c_str(), value.size(), &result));
  return result;
}

napi_value from_int_list(napi_env env, at::IntArrayRef values) {
  napi_value array;
  check(napi_create_array_with_length(env, values.size(), &array));
  for (size_t i = 0; i < values.size(); ++i) check(napi_set_element(env, array, i, from_int(env, values[i])));
  return array;
}

napi_value from_tensor(Environment& state, at::Tensor tensor) {
  if (!tensor.defined()) return null_value(state.env);
  napi_value result;
  check(napi_create_int32(state.env, state.hold(std::move(tensor)), &result));
  return result;
}

napi_value from_tensor_list(Environment& state, const std::vector<at::Tensor>& tensors) {
  napi_value array;
  check(napi_create_array_with_length(state.env, tensors.size(), &array));
  for (size_t i = 0; i < tensors.size(); ++i) check(napi_set_element(state.env, array, i, from_tensor(state, tensors[i])));
  return array;
}

napi_value undefined(napi_env env) {
  napi_value result;
  check(napi_get_undefined(env, &result));
  return result;
}

napi_value null_value(napi_env env) {
  napi_value result;
  check(napi_get_null(env, &result));
  return result;
}

}  // namespace malleolus
