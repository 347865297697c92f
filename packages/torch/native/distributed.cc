// Process groups and gradient buckets as JavaScript calls them. A group that is lost is an error of a code of its own.
#include "distributed.h"

#include "gradient_buckets.h"
#include "process_group.h"
#include "values.h"

namespace malleolus {

namespace {

template <typename Body>
napi_value in_group(Environment& state, const char* name, Body&& body) {
  return guarded(state, name, [&]() -> napi_value {
    try {
      return body();
    } catch (const LostProcess& error) {
      throw_torch_error(state, "lost", name, std::string(name) + ": " + sentence_of(error));
      return nullptr;
    }
  });
}

/// What JavaScript holds of a group or of buckets: they go when it lets go of them, or says so before.
template <typename Thing>
struct Held {
  /// Tells groups from buckets, which come from JavaScript as one kind of value.
  const char* kind;
  std::shared_ptr<Thing> thing;
};

template <typename Thing>
constexpr const char* kKind = nullptr;
template <>
constexpr const char* kKind<ProcessGroup> = "process group";
template <>
constexpr const char* kKind<GradientBuckets> = "gradient buckets";

template <typename Thing>
napi_value hold(napi_env env, std::shared_ptr<Thing> thing) {
  auto* held = new Held<Thing>{kKind<Thing>, std::move(thing)};
  napi_value value;
  const auto release = [](napi_env, void* data, void*) { delete static_cast<Held<Thing>*>(data); };
  if (napi_create_external(env, held, release, nullptr, &value) == napi_ok) return value;
  delete held;
  throw std::runtime_error("internal: JavaScript refused a value");
}

template <typename Thing>
std::shared_ptr<Thing>& held(napi_env env, napi_value value) {
  void* data = nullptr;
  if (type_of(env, value) == napi_external) napi_get_value_external(env, value, &data);
  auto* found = static_cast<Held<Thing>*>(data);
  if (found == nullptr || found->kind != kKind<Thing>) {
    throw ArgumentError(std::string("expected a ") + kKind<Thing> + ", got " + kind_of(env, value));
  }
  return found->thing;
}

template <typename Thing>
Thing& open(napi_env env, napi_value value) {
  const auto& thing = held<Thing>(env, value);
  if (thing == nullptr) throw ArgumentError(std::string("the ") + kKind<Thing> + " has been closed");
  return *thing;
}

std::string text_or_empty(napi_env env, napi_value value) {
  return is_absent(env, value) ? std::string() : to_string(env, value);
}

const at::Tensor& to_exchanged(Environment& state, napi_value value) {
  const at::Tensor& tensor = to_tensor(state, value);
  if (tensor.device().is_cpu() && tensor.is_contiguous() && !tensor.requires_grad()) return tensor;
  throw ArgumentError("expected a contiguous tensor on the CPU that requires no gradient");
}

}  // namespace

napi_value missing_for_process_groups(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "missingForProcessGroups", [&] {
    const char* missing = missing_for_groups();
    return missing == nullptr ? null_value(env) : from_string(env, missing);
  });
}

// joinGroup(rank, size, file | null, host | null, port, serves, prefix, interface | null, address | null, timeoutMs)
napi_value join_process_group(napi_env env, napi_callback_info info) {
  const Call<10> call(env, info);
  return in_group(call.state, "joinProcessGroup", [&] {
    Meeting meeting;
    meeting.rank = to_int(env, call.argv[0]);
    meeting.size = to_int(env, call.argv[1]);
    meeting.file = text_or_empty(env, call.argv[2]);
    meeting.host = text_or_empty(env, call.argv[3]);
    meeting.port = to_int(env, call.argv[4]);
    meeting.serves = to_bool(env, call.argv[5]);
    meeting.prefix = to_string(env, call.argv[6]);
    meeting.interface = text_or_empty(env, call.argv[7]);
    meeting.address = text_or_empty(env, call.argv[8]);
    meeting.timeout = std::chrono::milliseconds(to_int(env, call.argv[9]));
    return hold(env, join_group(meeting));
  });
}

napi_value leave_process_group(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return in_group(call.state, "leave", [&] {
    held<ProcessGroup>(env, call.argv[0]).reset();
    return undefined(env);
  });
}

// allReduce(group, tensor, "sum" | "max")
napi_value all_reduce(napi_env env, napi_callback_info info) {
  const Call<3> call(env, info);
  return in_group(call.state, "allReduce", [&] {
    const auto reduction = to_string(env, call.argv[2]) == "max" ? Reduction::max : Reduction::sum;
    open<ProcessGroup>(env, call.argv[0]).all_reduce(to_exchanged(call.state, call.argv[1]), reduction)->wait();
    return undefined(env);
  });
}

// broadcast(group, tensor, from)
napi_value broadcast(napi_env env, napi_callback_info info) {
  const Call<3> call(env, info);
  return in_group(call.state, "broadcast", [&] {
    open<ProcessGroup>(env, call.argv[0])
        .broadcast(to_exchanged(call.state, call.argv[1]), to_int(env, call.argv[2]))
        ->wait();
    return undefined(env);
  });
}

// newGradientBuckets(group, parameters, bytes)
napi_value new_gradient_buckets(napi_env env, napi_callback_info info) {
  const Call<3> call(env, info);
  return in_group(call.state, "gradientBuckets", [&] {
    open<ProcessGroup>(env, call.argv[0]);
    return hold(env, std::make_shared<GradientBuckets>(held<ProcessGroup>(env, call.argv[0]),
                                                       to_tensor_list(call.state, call.argv[1]), to_int(env, call.argv[2])));
  });
}

napi_value arm_gradient_buckets(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return in_group(call.state, "arm", [&] {
    open<GradientBuckets>(env, call.argv[0]).arm();
    return undefined(env);
  });
}

// finishGradientBuckets(buckets) -> how many were under way before the backward pass had ended
napi_value finish_gradient_buckets(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return in_group(call.state, "finish", [&] {
    auto& buckets = open<GradientBuckets>(env, call.argv[0]);
    buckets.finish();
    return from_int(env, buckets.overlapped());
  });
}

napi_value free_gradient_buckets(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return in_group(call.state, "free", [&] {
    held<GradientBuckets>(env, call.argv[0]).reset();
    return undefined(env);
  });
}

}  // namespace malleolus
