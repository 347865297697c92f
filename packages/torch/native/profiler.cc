// Where the time goes: every operator that the dispatcher runs, with the time of its own (without
// what it called), by the stage of the work that it belongs to.
//
// A stage is a name that JavaScript sets around a part of its work. The operators of a backward
// pass belong to the stage whose forward they differentiate: both carry LibTorch's sequence number.
#include "profiler.h"

#include <ATen/record_function.h>

#include <chrono>
#include <mutex>

#include "values.h"

namespace malleolus {

namespace {

using Clock = std::chrono::steady_clock;

struct Place {
  int32_t stage = -1;
  bool backward = false;
  bool operator==(const Place& other) const { return stage == other.stage && backward == other.backward; }
};

struct Key {
  std::string name;
  Place place;
  bool operator==(const Key& other) const { return place == other.place && name == other.name; }
};

struct KeyHash {
  size_t operator()(const Key& key) const {
    return std::hash<std::string>()(key.name) * 31 + static_cast<size_t>(key.place.stage * 2 + key.place.backward);
  }
};

struct Cost {
  int64_t calls = 0;
  Clock::duration own{};
};

/// One operator that is running on this thread.
struct Running : at::ObserverContext {
  Key key;
  Clock::time_point began;
  Clock::duration within{};
  Running* outer = nullptr;
};

thread_local Running* innermost = nullptr;

/// Operators of a backward pass may run on a thread of LibTorch's, hence the lock.
struct Profile {
  std::mutex mutex;
  std::vector<std::string> stages;
  int32_t stage = -1;
  std::unordered_map<int64_t, int32_t> stage_of_sequence;
  std::unordered_map<Key, Cost, KeyHash> costs;
  c10::optional<at::CallbackHandle> callback;
};

Profile& profile() {
  static Profile the_profile;
  return the_profile;
}

Place place_of(const at::RecordFunction& function, const Running* outer) {
  Profile& state = profile();
  const int64_t sequence = function.seqNr();
  if (function.scope() == at::RecordScope::BACKWARD_FUNCTION) {
    const auto known = state.stage_of_sequence.find(sequence);
    return {known == state.stage_of_sequence.end() ? -1 : known->second, true};
  }
  if (outer != nullptr) return outer->key.place;
  return {state.stage, false};
}

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& function) {
  auto running = std::make_unique<Running>();
  running->outer = innermost;
  running->key.name = function.name();
  {
    Profile& state = profile();
    const std::lock_guard<std::mutex> lock(state.mutex);
    running->key.place = place_of(function, innermost);
    if (function.seqNr() >= 0 && !running->key.place.backward) {
      state.stage_of_sequence[function.seqNr()] = running->key.place.stage;
    }
  }
  innermost = running.get();
  running->began = Clock::now();
  return running;
}

void end(const at::RecordFunction&, at::ObserverContext* context) {
  auto* running = static_cast<Running*>(context);
  const auto whole = Clock::now() - running->began;
  innermost = running->outer;
  if (innermost != nullptr) innermost->within += whole;
  Profile& state = profile();
  const std::lock_guard<std::mutex> lock(state.mutex);
  if (!state.callback.has_value()) return;
  Cost& cost = state.costs[running->key];
  cost.calls += 1;
  cost.own += whole - running->within;
}

void stop() {
  Profile& state = profile();
  if (state.callback.has_value()) at::removeCallback(*state.callback);
  const std::lock_guard<std::mutex> lock(state.mutex);
  state.callback = c10::nullopt;
}

void set_property(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

}  // namespace

napi_value start_profile(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "startProfile", [&] {
    Profile& state = profile();
    stop();
    const std::lock_guard<std::mutex> lock(state.mutex);
    state.costs.clear();
    state.stage_of_sequence.clear();
    state.stages.clear();
    state.stage = -1;
    state.callback = at::addGlobalCallback(at::RecordFunctionCallback(begin, end).scopes(
        {at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
    return undefined(env);
  });
}

napi_value set_profile_stage(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "setProfileStage", [&] {
    Profile& state = profile();
    const std::lock_guard<std::mutex> lock(state.mutex);
    if (is_absent(env, call.argv[0])) {
      state.stage = -1;
      return undefined(env);
    }
    const std::string name = to_string(env, call.argv[0]);
    const auto known = std::find(state.stages.begin(), state.stages.end(), name);
    state.stage = static_cast<int32_t>(known - state.stages.begin());
    if (known == state.stages.end()) state.stages.push_back(name);
    return undefined(env);
  });
}

napi_value stop_profile(napi_env env, napi_callback_info info) {
  const Call<1> call(env, info);
  return guarded(call.state, "stopProfile", [&] {
    stop();
    Profile& state = profile();
    const std::lock_guard<std::mutex> lock(state.mutex);
    napi_value rows;
    napi_create_array(env, &rows);
    uint32_t count = 0;
    for (const auto& [key, cost] : state.costs) {
      napi_value row;
      napi_create_object(env, &row);
      const bool staged = key.place.stage >= 0;
      set_property(env, row, "operator", from_string(env, key.name));
      set_property(env, row, "stage", staged ? from_string(env, state.stages[key.place.stage]) : null_value(env));
      set_property(env, row, "backward", from_bool(env, key.place.backward));
      set_property(env, row, "calls", from_int(env, cost.calls));
      set_property(env, row, "milliseconds",
                   from_double(env, std::chrono::duration<double, std::milli>(cost.own).count()));
      napi_set_element(env, rows, count++, row);
    }
    return rows;
  });
}

}  // namespace malleolus
