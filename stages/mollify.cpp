#include <exception>
#include <string>
#include <vector>

#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/kernel/philox.hpp>
#include <mollify/stages/mollify.h>
#include <mollify/stages/schedule.hpp>

namespace {

constexpr const char* kNoSuchCurve = "curve is none of enum mollify_curve";

thread_local std::string last_error;

/// Runs `body`; nothing thrown in it gets out.
template <class Body>
int guarded(const Body& body) noexcept {
    try {
        body();
        return MOLLIFY_OK;
    } catch (const mollify::Error& error) {
        last_error = error.what();
        return MOLLIFY_BAD_ARGUMENT;
    } catch (const std::exception& error) {
        last_error = error.what();
    } catch (...) {
        last_error = "unknown failure";
    }
    return MOLLIFY_FAILED;
}

void require(bool holds, const char* problem) {
    if (!holds) throw mollify::ConfigError(problem);
}

mollify::Schedule schedule_of(const mollify_schedule& schedule) {
    require(schedule.curve >= MOLLIFY_SIGMOID && schedule.curve <= MOLLIFY_STEP, kNoSuchCurve);
    mollify::ScheduleOptions options{.curve = static_cast<mollify::Curve>(schedule.curve),
                                     .duration = schedule.duration,
                                     .clip_min = schedule.clip_min,
                                     .level = schedule.level,
                                     .treads = schedule.treads};
    if (options.curve == mollify::Curve::sigmoid || options.curve == mollify::Curve::cosine) {
        options.start = schedule.start;
        options.end = schedule.end;
        options.tau = schedule.tau;
    }
    return mollify::Schedule(options);
}

template <class In>
void run(const mollify_job* job, const In* in, float* out) {
    require(job, "job is NULL");
    require(job->channels > 0 && job->plane > 0, "channels and plane must be at least 1");
    require(job->rows == 0 || (job->ids && in && out), "ids, in and out must not be NULL");
    require(!job->scale == !job->shift, "scale and shift must both be given, or both be NULL");
    require(job->iteration < mollify::kAddressLimit, "iteration must be below 2^44");
    for (std::size_t row = 0; row < job->rows; ++row) {
        require(job->ids[row] < mollify::kAddressLimit, "every id must be below 2^44");
    }
    mollify::AffineView affine;
    if (job->scale) affine = {{job->scale, job->channels}, {job->shift, job->channels}, job->plane};
    const mollify::Mix mix{static_cast<float>(job->alpha), static_cast<float>(job->sigma)};
    const std::size_t elements = job->channels * job->plane;
    const mollify::InstructionSet set = mollify::active_instruction_set();
    for (std::size_t row = 0; row < job->rows; ++row) {
        mollify::mollify_sample(std::span(in + row * elements, elements),
                                std::span(out + row * elements, elements), affine, mix,
                                {job->seed, job->iteration, job->ids[row]}, set);
    }
}

}  // namespace

int mollify_set_level(mollify_job* job, double level) {
    return guarded([&] {
        require(job, "job is NULL");
        require(level >= 0 && level <= 1, "level must be in [0, 1]");
        const mollify::Mix mix = mollify::Mix::at_level(level);
        job->alpha = mix.alpha;
        job->sigma = mix.sigma;
    });
}

int mollify_gaussian_u8(const mollify_job* job, const uint8_t* in, float* out) {
    return guarded([&] { run(job, in, out); });
}

int mollify_gaussian_f32(const mollify_job* job, const float* in, float* out) {
    return guarded([&] { run(job, in, out); });
}

int mollify_schedule_defaults(mollify_schedule* schedule, int curve) {
    return guarded([&] {
        require(schedule, "schedule is NULL");
        require(curve >= MOLLIFY_SIGMOID && curve <= MOLLIFY_STEP, kNoSuchCurve);
        const auto options = mollify::Schedule({.curve = static_cast<mollify::Curve>(curve)}).options();
        *schedule = {.curve = curve,
                     .duration = options.duration,
                     .start = options.start.value_or(0),
                     .end = options.end.value_or(0),
                     .tau = options.tau.value_or(0),
                     .clip_min = options.clip_min,
                     .level = options.level,
                     .treads = options.treads};
    });
}

int mollify_schedule_level(const mollify_schedule* schedule, uint64_t time, double* level) {
    return guarded([&] {
        require(schedule && level, "schedule and level must not be NULL");
        *level = schedule_of(*schedule).level(time, time);
    });
}

const char* mollify_algorithm_version(void) { return mollify::kAlgorithmVersion; }

const char* mollify_last_error(void) { return last_error.c_str(); }
