#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <mollify/tests/support/skip.hpp>

int main(int argc, char** argv) {
    const int status = doctest::Context(argc, argv).run();
    return status == 0 && mollify::test::any_skipped ? mollify::test::kSkipped : status;
}
