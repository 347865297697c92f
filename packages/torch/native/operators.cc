#include "operators.h"

#include <sstream>

#include "values.h"

namespace malleolus {

namespace {

constexpr size_t kMostArguments = 48;

ArgumentKind kind_of_type(const c10::TypePtr& type);

ArgumentKind kind_of_list(const c10::TypePtr& element) {
  if (element->kind() == c10::TypeKind::OptionalType) {
    const auto inner = element->expectRef<c10::OptionalType>().getElementType();
    return inner->kind() == c10::TypeKind::TensorType ? ArgumentKind::OptionalTensorList : ArgumentKind::Unsupported;
  }
  switch (kind_of_type(element)) {
    case ArgumentKind::Tensor: return ArgumentKind::TensorList;
    case ArgumentKind::Int: return ArgumentKind::IntList;
    case ArgumentKind::Double: return ArgumentKind::DoubleList;
    default: return ArgumentKind::Unsupported;
  }
}

ArgumentKind kind_of_type(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType: return ArgumentKind::Tensor;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: return ArgumentKind::Int;
    case c10::TypeKind::FloatType: return ArgumentKind::Double;
    case c10::TypeKind::BoolType: return ArgumentKind::Bool;
    case c10::TypeKind::NumberType: return ArgumentKind::Scalar;
    case c10::TypeKind::StringType: return ArgumentKind::String;
    case c10::TypeKind::DeviceObjType: return ArgumentKind::Device;
    case c10::TypeKind::ScalarTypeType: return ArgumentKind::Dtype;
    case c10::TypeKind::LayoutType: return ArgumentKind::Layout;
    case c10::TypeKind::MemoryFormatType: return ArgumentKind::MemoryFormat;
    case c10::TypeKind::ListType: return kind_of_list(type->expectRef<c10::ListType>().getElementType());
    default: return ArgumentKind::Unsupported;
  }
}

const char* kind_name(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::Tensor: return "tensor";
    case ArgumentKind::TensorList: return "tensors";
    case ArgumentKind::OptionalTensorList: return "optionalTensors";
    case ArgumentKind::Int: return "int";
    case ArgumentKind::IntList: return "ints";
    case ArgumentKind::Double: return "float";
    case ArgumentKind::DoubleList: return "floats";
    case ArgumentKind::Bool: return "bool";
    case ArgumentKind::Scalar: return "scalar";
    case ArgumentKind::Dtype: return "dtype";
    case ArgumentKind::Layout: return "layout";
    case ArgumentKind::Device: return "device";
    case ArgumentKind::MemoryFormat: return "memoryFormat";
    case ArgumentKind::String: return "string";
    case ArgumentKind::Unsupported: return "unsupported";
  }
  return "unsupported";
}

/// "Tensor?" is a tensor that may be absent: the kind of what is inside, and whether it may be null.
std::pair<ArgumentKind, bool> kind_and_nullability(const c10::TypePtr& type) {
  if (type->kind() == c10::TypeKind::OptionalType) {
    return {kind_of_type(type->expectRef<c10::OptionalType>().getElementType()), true};
  }
  return {kind_of_type(type), false};
}

OperatorArgument prepare(const c10::Argument& argument) {
  // The real type tells dtypes, layouts and memory formats apart; the other calls them all int.
  const auto [kind, nullable] = kind_and_nullability(argument.real_type());
  OperatorArgument prepared;
  prepared.name = argument.name();
  prepared.kind = kind;
  prepared.nullable = nullable;
  prepared.has_default = argument.default_value().has_value();
  prepared.written = argument.alias_info() != nullptr && argument.alias_info()->isWrite();
  prepared.repeat = argument.N().has_value() ? *argument.N() : 0;
  if (prepared.has_default) prepared.default_value = *argument.default_value();
  return prepared;
}

bool only_returns_what_it_wrote(const c10::FunctionSchema& schema) {
  if (schema.returns().empty()) return false;
  for (const auto& result : schema.returns()) {
    if (result.alias_info() == nullptr || !result.alias_info()->isWrite()) return false;
  }
  return true;
}

const Operator& operator_numbered(const Environment& state, napi_value number) {
  uint32_t index = 0;
  if (napi_get_value_uint32(state.env, number, &index) != napi_ok || index >= state.operators.size()) {
    throw ArgumentError("expected an operator's number");
  }
  return *state.operators[index];
}

/// Integral if there is a tensor and all are: then a whole JavaScript number is an integer.
class ScalarKind {
 public:
  void see(const at::Tensor& tensor) {
    any_ = true;
    all_integral_ = all_integral_ && at::isIntegralType(tensor.scalar_type(), /*includeBool=*/true);
  }
  bool integral() const { return any_ && all_integral_; }

 private:
  bool any_ = false;
  bool all_integral_ = true;
};

c10::IValue convert(Environment& state, const OperatorArgument& argument, napi_value value, ScalarKind& scalars) {
  napi_env env = state.env;
  switch (argument.kind) {
    case ArgumentKind::Tensor: {
      const at::Tensor& tensor = to_tensor(state, value);
      scalars.see(tensor);
      return tensor;
    }
    case ArgumentKind::TensorList: {
      auto list = to_tensor_list(state, value);
      for (const auto& tensor : list) scalars.see(tensor);
      return list;
    }
    case ArgumentKind::OptionalTensorList: {
      c10::List<c10::optional<at::Tensor>> list;
      for (auto& tensor : to_optional_tensor_list(state, value)) list.push_back(std::move(tensor));
      return list;
    }
    case ArgumentKind::Int: return to_int(env, value);
    case ArgumentKind::IntList: return to_int_list(env, value, argument.repeat);
    case ArgumentKind::Double: return to_double(env, value);
    case ArgumentKind::DoubleList: return to_double_list(env, value);
    case ArgumentKind::Bool: return to_bool(env, value);
    case ArgumentKind::Dtype: return static_cast<int64_t>(to_dtype(to_string(env, value)));
    case ArgumentKind::Layout: throw ArgumentError("only the strided layout is supported");
    case ArgumentKind::Device: return to_device(to_string(env, value));
    case ArgumentKind::MemoryFormat: return static_cast<int64_t>(to_memory_format(to_string(env, value)));
    case ArgumentKind::String: return to_string(env, value);
    case ArgumentKind::Scalar:
    case ArgumentKind::Unsupported: break;
  }
  throw ArgumentError("its type is not supported from JavaScript");
}

void push_arguments(Environment& state, const Operator& op, const napi_value* values, size_t count,
                    std::vector<c10::IValue>& stack) {
  if (count > op.arguments.size()) {
    throw ArgumentError("expected at most " + std::to_string(op.arguments.size()) + " arguments, got " +
                        std::to_string(count));
  }
  ScalarKind scalars;
  bool has_scalars = false;
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    const OperatorArgument& argument = op.arguments[i];
    const napi_valuetype type = i < count ? type_of(state.env, values[i]) : napi_undefined;
    try {
      if (type == napi_undefined && argument.has_default) {
        stack.push_back(argument.default_value);
      } else if (type == napi_undefined || type == napi_null) {
        if (!argument.nullable) throw ArgumentError(type == napi_null ? "it may not be null" : "it is missing");
        stack.emplace_back();
      } else if (argument.kind == ArgumentKind::Scalar) {
        has_scalars = true;
        stack.emplace_back();
      } else {
        stack.push_back(convert(state, argument, values[i], scalars));
      }
    } catch (const ArgumentError& error) {
      throw ArgumentError("argument " + argument.name + ": " + error.what());
    }
  }
  if (!has_scalars) return;
  for (size_t i = 0; i < count; ++i) {
    if (op.arguments[i].kind != ArgumentKind::Scalar || is_absent(state.env, values[i])) continue;
    try {
      stack[i] = to_scalar(state.env, values[i], scalars.integral());
    } catch (const ArgumentError& error) {
      throw ArgumentError("argument " + op.arguments[i].name + ": " + error.what());
    }
  }
}

bool is_returnable(const c10::IValue& value) {
  return value.isTensor() || value.isNone() || value.isBool() || value.isInt() || value.isDouble() ||
         value.isTensorList() || value.isIntList();
}

napi_value from_value(Environment& state, const c10::IValue& value) {
  napi_env env = state.env;
  if (value.isTensor()) return from_tensor(state, value.toTensor());
  if (value.isNone()) return null_value(env);
  if (value.isBool()) return from_bool(env, value.toBool());
  if (value.isInt()) return from_int(env, value.toInt());
  if (value.isDouble()) return from_double(env, value.toDouble());
  if (value.isTensorList()) return from_tensor_list(state, value.toTensorVector());
  return from_int_list(env, value.toIntVector());
}

std::string readable_dtype(at::ScalarType type) {
  try {
    return dtype_name(type);
  } catch (const ArgumentError&) {
    return at::toString(type);
  }
}

/// "input [1, 1, 8, 8] float32, weight [4, 3, 3, 3] float32": the tensors a failed call was given.
std::string shapes_given(Environment& state, const Operator& op, const napi_value* values, size_t count) {
  std::ostringstream text;
  const char* separator = "";
  for (size_t i = 0; i < count && i < op.arguments.size(); ++i) {
    const OperatorArgument& argument = op.arguments[i];
    std::vector<at::Tensor> tensors;
    try {
      if (is_absent(state.env, values[i])) continue;
      if (argument.kind == ArgumentKind::Tensor) {
        tensors = {to_tensor(state, values[i])};
      } else if (argument.kind == ArgumentKind::TensorList) {
        tensors = to_tensor_list(state, values[i]);
        if (tensors.size() > 8) tensors.resize(8);
      }
    } catch (const ArgumentError&) {
      continue;
    }
    for (const auto& tensor : tensors) {
      text << separator << argument.name << ' ' << tensor.sizes() << ' ' << readable_dtype(tensor.scalar_type());
      separator = ", ";
    }
  }
  return text.str();
}

/// conv2d of aten::conv2d, nms of malleolus::nms, add of aten::add.Tensor.
std::string short_name(const std::string& name) {
  const auto colon = name.rfind(':');
  const auto start = colon == std::string::npos ? 0 : colon + 1;
  return name.substr(start, name.find('.', start) - start);
}

}  // namespace

napi_value resolve_operator(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "resolve", [&] {
    const std::string full = to_string(env, call.argv[0]);
    const auto known = call.state.operator_numbers.find(full);
    if (known != call.state.operator_numbers.end()) return from_int(env, known->second);
    const auto dot = full.find('.', full.find("::") == std::string::npos ? 0 : full.find("::"));
    const std::string name = full.substr(0, dot);
    const std::string overload = dot == std::string::npos ? "" : full.substr(dot + 1);
    const auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!handle.has_value()) throw ArgumentError("LibTorch has no operator \"" + full + "\"");
    const auto& schema = handle->schema();
    if (schema.arguments().size() > kMostArguments || schema.is_vararg()) {
      throw ArgumentError("\"" + full + "\" takes a number of arguments that is not supported");
    }
    auto op = std::make_unique<Operator>(Operator{*handle, full, {}, only_returns_what_it_wrote(schema), guard_of(full)});
    for (const auto& argument : schema.arguments()) op->arguments.push_back(prepare(argument));
    const auto number = static_cast<uint32_t>(call.state.operators.size());
    call.state.operators.push_back(std::move(op));
    call.state.operator_numbers.emplace(full, number);
    return from_int(env, number);
  });
}

napi_value describe_operator(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "describe", [&] {
    const Operator& op = operator_numbered(call.state, call.argv[0]);
    const auto& schema = op.handle.schema();
    napi_value result, arguments, returns;
    napi_create_object(env, &result);
    napi_create_array(env, &arguments);
    napi_create_array(env, &returns);
    for (size_t i = 0; i < op.arguments.size(); ++i) {
      const OperatorArgument& argument = op.arguments[i];
      napi_value entry;
      napi_create_object(env, &entry);
      napi_set_named_property(env, entry, "name", from_string(env, argument.name));
      napi_set_named_property(env, entry, "kind", from_string(env, kind_name(argument.kind)));
      napi_set_named_property(env, entry, "nullable", from_bool(env, argument.nullable));
      napi_set_named_property(env, entry, "hasDefault", from_bool(env, argument.has_default));
      napi_set_named_property(env, entry, "written", from_bool(env, argument.written));
      napi_set_named_property(env, entry, "repeat", from_int(env, argument.repeat));
      napi_set_element(env, arguments, i, entry);
    }
    for (size_t i = 0; i < schema.returns().size(); ++i) {
      const auto kind = kind_and_nullability(schema.returns()[i].real_type()).first;
      napi_set_element(env, returns, i, from_string(env, kind_name(kind)));
    }
    napi_set_named_property(env, result, "name", from_string(env, op.name));
    napi_set_named_property(env, result, "schema", from_string(env, c10::str(schema)));
    napi_set_named_property(env, result, "arguments", arguments);
    napi_set_named_property(env, result, "returns", returns);
    napi_set_named_property(env, result, "returnsSelf", from_bool(env, op.returns_self));
    return result;
  });
}

napi_value invoke_operator(napi_env env, napi_callback_info info) {
  const Call<kMostArguments + 1> call(env, info);
  const Operator* op = nullptr;
  const char* code = "operator";
  std::string sentence;
  try {
    if (call.argc > kMostArguments + 1) throw ArgumentError("too many arguments");
    op = &operator_numbered(call.state, call.argv[0]);
    std::vector<c10::IValue> stack;
    stack.reserve(op->arguments.size());
    push_arguments(call.state, *op, call.argv + 1, call.argc - 1, stack);
    if (op->guard != nullptr) op->guard(stack);
    op->handle.callBoxed(stack);
    call.state.report_memory();
    if (op->returns_self || stack.empty()) return undefined(env);
    // All of them before the first takes a slot, which nobody would free.
    for (const auto& value : stack) {
      if (!is_returnable(value)) {
        throw ArgumentError("it returns a value of type " + value.tagKind() + ", which JavaScript cannot hold");
      }
    }
    if (stack.size() == 1) return from_value(call.state, stack[0]);
    napi_value results;
    napi_create_array_with_length(env, stack.size(), &results);
    for (size_t i = 0; i < stack.size(); ++i) napi_set_element(env, results, i, from_value(call.state, stack[i]));
    return results;
  } catch (const ArgumentError& error) {
    code = "argument";
    sentence = error.what();
  } catch (const std::exception& error) {
    sentence = sentence_of(error);
  } catch (...) {
    sentence = "unknown C++ exception";
  }
  if (op == nullptr || call.argc == 0) {
    throw_torch_error(call.state, code, "invoke", "internal: invoke: " + sentence);
    return nullptr;
  }
  const std::string name = short_name(op->name);
  const std::string shapes = shapes_given(call.state, *op, call.argv + 1, std::min(call.argc - 1, kMostArguments));
  // Some of LibTorch's sentences begin with the operator's name themselves.
  if (sentence.rfind(name + ": ", 0) == 0) sentence.erase(0, name.size() + 2);
  throw_torch_error(call.state, code, op->name, name + ": " + sentence + (shapes.empty() ? "" : " (" + shapes + ")"));
  return nullptr;
}

napi_value operator_names(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "operatorNames", [&] {
    napi_value names;
    napi_create_array(env, &names);
    uint32_t index = 0;
    for (const auto& name : c10::Dispatcher::singleton().getAllOpNames()) {
      if (!c10::Dispatcher::singleton().findSchema(name).has_value()) continue;
      const std::string full = name.overload_name.empty() ? name.name : name.name + "." + name.overload_name;
      napi_set_element(env, names, index++, from_string(env, full));
    }
    return names;
  });
}

}  // namespace malleolus
