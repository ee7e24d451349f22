/* The same from C, or by the C functions of libmollify.so from any other language. */
#include <stdio.h>

#include <mollify/stages/mollify.h>

static float out[2 * 3 * 32 * 32];
static uint8_t in[2 * 3 * 32 * 32];

int main(void) {
    // [c]
    const uint64_t ids[2] = {41, 7};
    const float scale[3] = {1 / 127.5f, 1 / 127.5f, 1 / 127.5f}, shift[3] = {-1, -1, -1};
    mollify_job job = {.rows = 2, .ids = ids, .channels = 3, .plane = 32 * 32, .scale = scale, .shift = shift,
                       .seed = 7, .iteration = 12000};
    mollify_schedule schedule;
    double level;
    if (mollify_schedule_defaults(&schedule, MOLLIFY_SIGMOID) || mollify_schedule_level(&schedule, 12000, &level) ||
        mollify_set_level(&job, level) || mollify_gaussian_u8(&job, in, out)) {
        fprintf(stderr, "%s\n", mollify_last_error());
        return 1;
    }
    // [/c]
    printf("level %f, first value %f\n", level, out[0]);
    return 0;
}
