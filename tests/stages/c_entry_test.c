/* The C entry point, called from C. Exits with the number of failed checks. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mollify/stages/mollify.h>

static int failures = 0;

static void check(int holds, const char* claim) {
    if (holds) return;
    ++failures;
    fprintf(stderr, "does not hold: %s (last error: %s)\n", claim, mollify_last_error());
}

enum { kRows = 3, kChannels = 3, kPlane = 49, kElements = kChannels * kPlane };

int main(void) {
    const uint64_t ids[kRows] = {5, 40000, 6};
    const float scale[kChannels] = {2 / 255.0f, 2 / 255.0f, 1 / 255.0f};
    const float shift[kChannels] = {-1, -1, 0};
    static uint8_t bytes[kRows * kElements];
    static float fused[kRows * kElements], steps[kRows * kElements], alone[kElements];
    for (int e = 0; e < kRows * kElements; ++e) bytes[e] = (uint8_t)(e * 13);

    mollify_job job = {.rows = kRows,
                       .ids = ids,
                       .channels = kChannels,
                       .plane = kPlane,
                       .scale = scale,
                       .shift = shift,
                       .alpha = 1,
                       .sigma = 0,
                       .seed = 7,
                       .iteration = 1000};
    check(strcmp(mollify_algorithm_version(), "mollify-1") == 0, "the algorithm has its name");
    check(strcmp(mollify_last_error(), "") == 0, "no error before any failure");

    check(mollify_gaussian_u8(&job, bytes, steps) == MOLLIFY_OK, "normalizing alone works");
    check(steps[1] == fmaf(scale[0], bytes[1], -1.0f), "normalizing is fma(scale, x, shift)");
    check(mollify_set_level(&job, 0.25) == MOLLIFY_OK, "a level can be set");
    check(mollify_gaussian_u8(&job, bytes, fused) == MOLLIFY_OK, "bytes can be mollified");
    job.scale = job.shift = NULL;
    check(mollify_gaussian_f32(&job, steps, steps) == MOLLIFY_OK, "floats can be mollified in place");
    check(memcmp(fused, steps, sizeof fused) == 0, "two passes give the bits of one");

    mollify_job third = job;
    third.rows = 1;
    third.ids = ids + 2;
    third.scale = scale;
    third.shift = shift;
    check(mollify_gaussian_u8(&third, bytes + 2 * kElements, alone) == MOLLIFY_OK,
          "one row can be mollified");
    check(memcmp(alone, fused + 2 * kElements, sizeof alone) == 0, "a row does not depend on its batch");

    mollify_schedule schedule;
    double level = -1;
    check(mollify_schedule_defaults(&schedule, MOLLIFY_SIGMOID) == MOLLIFY_OK, "a schedule has defaults");
    check(mollify_schedule_level(&schedule, 7500, &level) == MOLLIFY_OK, "a level can be asked for");
    check(fabs(level - 0.496593594757) < 1e-12, "the level is the reference's");
    check(mollify_schedule_level(&schedule, 30000, &level) == MOLLIFY_OK && level == 0, "data ends clean");
    for (int curve = MOLLIFY_SIGMOID; curve <= MOLLIFY_STEP; ++curve) {
        check(mollify_schedule_defaults(&schedule, curve) == MOLLIFY_OK &&
                  mollify_schedule_level(&schedule, 1, &level) == MOLLIFY_OK && level > 0 && level <= 1,
              "every curve's defaults work");
    }

    check(mollify_schedule_defaults(&schedule, 17) == MOLLIFY_BAD_ARGUMENT, "an unknown curve is refused");
    schedule.duration = 0;
    check(mollify_schedule_level(&schedule, 0, &level) == MOLLIFY_BAD_ARGUMENT, "a duration of 0 is refused");
    check(strstr(mollify_last_error(), "duration") != NULL, "the message names the culprit");
    check(mollify_set_level(&job, 1.5) == MOLLIFY_BAD_ARGUMENT, "a level above 1 is refused");
    check(mollify_set_level(NULL, 0.5) == MOLLIFY_BAD_ARGUMENT, "a missing job is refused");
    check(mollify_gaussian_u8(NULL, bytes, fused) == MOLLIFY_BAD_ARGUMENT, "a missing job is refused");
    check(mollify_gaussian_u8(&job, NULL, fused) == MOLLIFY_BAD_ARGUMENT, "missing data is refused");
    job.scale = scale;
    check(mollify_gaussian_u8(&job, bytes, fused) == MOLLIFY_BAD_ARGUMENT,
          "a scale without shift is refused");
    job.scale = NULL;
    job.iteration = (uint64_t)1 << 44;
    check(mollify_gaussian_u8(&job, bytes, fused) == MOLLIFY_BAD_ARGUMENT, "an iteration of 2^44 is refused");
    check(strstr(mollify_last_error(), "iteration") != NULL, "the message names the culprit");
    return failures;
}
