// JavaScript values in, C++ values out, and back. Every mismatch is an ArgumentError that
// says what was expected and what came.
#pragma once

#include <ATen/ATen.h>
#include <node_api.h>

#include <string>
#include <vector>

#include "environment.h"

namespace malleolus {

bool is_absent(napi_env env, napi_value value);
napi_valuetype type_of(napi_env env, napi_value value);
/// What came, for an error: "a string", "an array", "null".
std::string kind_of(napi_env env, napi_value value);

double to_double(napi_env env, napi_value value);
int64_t to_int(napi_env env, napi_value value);
bool to_bool(napi_env env, napi_value value);
std::string to_string(napi_env env, napi_value value);
/// A list of integers; one number stands for `repeat` equal ones (0: a list is demanded).
std::vector<int64_t> to_int_list(napi_env env, napi_value value, int repeat);
std::vector<double> to_double_list(napi_env env, napi_value value);
/// A BigInt or boolean as it is; a number integral only where `integral` and it is whole.
at::Scalar to_scalar(napi_env env, napi_value value, bool integral);

at::ScalarType to_dtype(const std::string& name);
const char* dtype_name(at::ScalarType type);
at::MemoryFormat to_memory_format(const std::string& name);
/// cpu, cuda or cuda:N; others, and CUDA where LibTorch finds none, are refused here.
at::Device to_device(const std::string& name);

const at::Tensor& to_tensor(Environment& state, napi_value value);
/// Elements are slot numbers.
std::vector<at::Tensor> to_tensor_list(Environment& state, napi_value value);
/// Elements are slot numbers or null.
std::vector<c10::optional<at::Tensor>> to_optional_tensor_list(Environment& state, napi_value value);

napi_value from_int(napi_env env, int64_t value);
napi_value from_double(napi_env env, double value);
napi_value from_bool(napi_env env, bool value);
napi_value from_string(napi_env env, const std::string& value);
napi_value from_int_list(napi_env env, at::IntArrayRef values);
/// A slot number, or null for an undefined tensor.
napi_value from_tensor(Environment& state, at::Tensor tensor);
napi_value from_tensor_list(Environment& state, const std::vector<at::Tensor>& tensors);
napi_value undefined(napi_env env);
napi_value null_value(napi_env env);

}  // namespace malleolus
