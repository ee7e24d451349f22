// Uses mollify::stages as any program might: admits a batch and checks known answers of the random numbers.
#include <cstdio>
#include <vector>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/philox.hpp>

int main() {
    mollify::Batch batch({.capacity = 2, .shape = {3, 2, 2}});
    batch.admit(5, 0, std::vector<mollify::SampleId>{7, 9});
    const mollify::PhiloxWords known = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};  // Random123's kat_vectors
    const bool good = batch.values().size() == 24 && mollify::philox4x32({0, 0, 0, 0}, {0, 0}) == known;
    std::puts(good ? "good" : "wrong");
    return good ? 0 : 1;
}
