/** \file The mollification stage for any language: plain C, no exceptions, no allocation by the caller.
 *
 * Same bits as the C++ classes of stages/mollifier.hpp. Every function is thread-safe; spread the rows of a
 * batch over threads by calling once per part. A function that can fail returns MOLLIFY_OK or another status,
 * and then mollify_last_error() says what is wrong; it has then written nothing. */
#ifndef MOLLIFY_STAGES_MOLLIFY_H
#define MOLLIFY_STAGES_MOLLIFY_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define MOLLIFY_API __attribute__((visibility("default")))
#else
#define MOLLIFY_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum mollify_status {
    MOLLIFY_OK = 0,
    MOLLIFY_BAD_ARGUMENT = 1, /**< the caller can mend it */
    MOLLIFY_FAILED = 2        /**< anything else, such as no memory */
};

/** What is to be done to a batch of `rows` samples of `channels`·`plane` elements each, contiguous:
 *  out = alpha·(scale[c]·in + shift[c]) + sigma·e, e ~ N(0, 1) a function of (seed, iteration, id, element)
 * alone. */
typedef struct mollify_job {
    size_t rows;
    const uint64_t* ids; /**< [rows], the samples' ids, each below 2^44 */
    size_t channels;     /**< or features */
    size_t plane;        /**< elements per channel: height·width, 1 for features */
    const float* scale;  /**< [channels], or NULL together with shift for none */
    const float* shift;  /**< [channels] */
    double alpha;        /**< sqrt(1 - level); with alpha 1 and sigma 0 no noise is drawn */
    double sigma;        /**< sqrt(level) */
    uint64_t seed;
    uint64_t iteration; /**< global training iteration, below 2^44 */
} mollify_job;

/** Sets alpha and sigma for a noise level in [0, 1]. */
MOLLIFY_API int mollify_set_level(mollify_job* job, double level);

/** From bytes 0..255. `out` holds rows·channels·plane floats. */
MOLLIFY_API int mollify_gaussian_u8(const mollify_job* job, const uint8_t* in, float* out);

/** From floats. `out` may be `in`. */
MOLLIFY_API int mollify_gaussian_f32(const mollify_job* job, const float* in, float* out);

enum mollify_curve {
    MOLLIFY_SIGMOID = 0,
    MOLLIFY_COSINE = 1,
    MOLLIFY_LINEAR = 2,
    MOLLIFY_CONSTANT = 3,
    MOLLIFY_STEP = 4
};

/** Fields and formulas as in stages/schedule.hpp. */
typedef struct mollify_schedule {
    int curve;         /**< enum mollify_curve */
    uint64_t duration; /**< ticks until data is exactly clean */
    double start;      /**< sigmoid and cosine */
    double end;        /**< sigmoid and cosine */
    double tau;        /**< sigmoid and cosine */
    double clip_min;   /**< least level before `duration` */
    double level;      /**< constant */
    uint64_t treads;   /**< step: number of treads */
} mollify_schedule;

/** Fills in a curve's defaults, with a duration of 30,000. */
MOLLIFY_API int mollify_schedule_defaults(mollify_schedule* schedule, int curve);

/** The noise level at tick `time`, in [0, 1]; exactly 0 from `duration` on. */
MOLLIFY_API int mollify_schedule_level(const mollify_schedule* schedule, uint64_t time, double* level);

/** Name of the mapping from addresses to noise; it changes when any promised bit does. */
MOLLIFY_API const char* mollify_algorithm_version(void);

/** What the last failed call on this thread has to say; "" before any. Valid until the next failure. */
MOLLIFY_API const char* mollify_last_error(void);

#ifdef __cplusplus
}
#endif

#endif
