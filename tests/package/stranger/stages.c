/* Uses the mollification stage from C: a row's noise belongs to the sample, not to its place in the batch. */
#include <stdio.h>
#include <string.h>

#include <mollify/stages/mollify.h>

int main(void) {
    const uint64_t ids[2] = {7, 9};
    const uint8_t bytes[2 * 12] = {0, 255, 128, 64};
    const float scale[3] = {1 / 127.5F, 1 / 127.5F, 1 / 127.5F};
    const float shift[3] = {-1, -1, -1};
    float both[2 * 12];
    float second[12];
    double level = -1;
    mollify_schedule schedule;
    mollify_job job = {2, ids, 3, 4, scale, shift, 1, 0, 1, 1000};
    int good = mollify_schedule_defaults(&schedule, MOLLIFY_SIGMOID) == MOLLIFY_OK &&
               mollify_schedule_level(&schedule, 0, &level) == MOLLIFY_OK && level == 1.0 &&
               mollify_schedule_level(&schedule, schedule.duration, &level) == MOLLIFY_OK && level == 0.0;

    good = good && mollify_set_level(&job, 0.25) == MOLLIFY_OK &&
           mollify_gaussian_u8(&job, bytes, both) == MOLLIFY_OK;
    job.rows = 1;
    job.ids = ids + 1;
    good = good && mollify_gaussian_u8(&job, bytes + 12, second) == MOLLIFY_OK &&
           memcmp(second, both + 12, sizeof second) == 0;

    good = good && mollify_set_level(&job, 2.0) == MOLLIFY_BAD_ARGUMENT;
    printf("%s; the refusal: %s\n", good ? "good" : "wrong", mollify_last_error());
    return good ? 0 : 1;
}
