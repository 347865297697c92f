// Any operator of the dispatcher, looked up by name and called with JavaScript values
// according to its schema.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <node_api.h>

#include <string>
#include <vector>

#include "environment.h"
#include "guards.h"

namespace malleolus {

/// How a JavaScript value becomes an argument.
enum class ArgumentKind : uint8_t {
  Tensor,
  TensorList,
  OptionalTensorList,
  Int,
  IntList,
  Double,
  DoubleList,
  Bool,
  Scalar,
  Dtype,
  Layout,
  Device,
  MemoryFormat,
  String,
  Unsupported,
};

struct OperatorArgument {
  std::string name;
  ArgumentKind kind;
  bool nullable;
  bool has_default;
  bool written;  // the operator writes into it
  int repeat;    // int[2] takes one number for two equal ones
  c10::IValue default_value;
};

struct Operator {
  c10::OperatorHandle handle;
  std::string name;
  std::vector<OperatorArgument> arguments;
  bool returns_self;  // what it returns is only the tensor it wrote into
  Guard guard;        // or null
};

/// resolve(name) -> number: "aten::add.Tensor" or "malleolus::nms".
napi_value resolve_operator(napi_env env, napi_callback_info info);
/// describe(number) -> {name, arguments: [{name, kind, nullable, hasDefault, written, repeat}], returns: [kind]}
napi_value describe_operator(napi_env env, napi_callback_info info);
/// invoke(number, …arguments): tensors are slot numbers; undefined takes the default.
napi_value invoke_operator(napi_env env, napi_callback_info info);
/// operatorNames() -> every name the dispatcher knows.
napi_value operator_names(napi_env env, napi_callback_info info);

}  // namespace malleolus
