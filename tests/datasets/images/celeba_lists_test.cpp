#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/images/celeba_lists.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>

using namespace mollify;

namespace {

template <class Parse>
std::string place(Parse parse, const std::string& text) {
    try {
        parse(text, "list");
    } catch (const DataError& error) {
        CHECK(error.path() == "list");
        return error.where();
    }
    return "none";
}

std::string partition_error(const std::string& text) { return place(parse_celeba_partition, text); }
std::string attribute_error(const std::string& text) { return place(parse_celeba_attributes, text); }

}  // namespace

TEST_CASE("the partition list is read as text and as CSV, with either kind of line end") {
    for (const char* text :
         {"000001.jpg 0\n000002.jpg 2\n000003.jpg 1\n", "000001.jpg 0\r\n000002.jpg  2\r\n000003.jpg\t1",
          "image_id,partition\n000001.jpg,0\n000002.jpg,2\n000003.jpg,1\n\n"}) {
        CAPTURE(text);
        const CelebAPartition partition = parse_celeba_partition(text, "list");
        CHECK(partition.files == std::vector<std::string>{"000001.jpg", "000002.jpg", "000003.jpg"});
        CHECK(partition.parts == std::vector<Split>{Split::train, Split::test, Split::validation});
        CHECK(partition.first_line == (text[0] == 'i' ? 2 : 1));
    }
}

TEST_CASE("the attribute list is read as text and as CSV") {
    for (const char* text : {"2\nBald Bangs Smiling \n000001.jpg -1  1 -1\n000002.jpg  1 -1  1\n",
                             "image_id,Bald,Bangs,Smiling\r\n000001.jpg,-1,1,-1\r\n000002.jpg,1,-1,1\r\n"}) {
        CAPTURE(text);
        const CelebAAttributes attributes = parse_celeba_attributes(text, "list");
        CHECK(attributes.names == std::vector<std::string>{"Bald", "Bangs", "Smiling"});
        CHECK(attributes.files == std::vector<std::string>{"000001.jpg", "000002.jpg"});
        CHECK(attributes.bits == std::vector<std::uint64_t>{0b010, 0b101});
    }
}

TEST_CASE("marks of UTF-8 and quotes change nothing in either list") {
    const std::string mark = "\xef\xbb\xbf";
    for (const char* text :
         {"000001.jpg 0\n000002.jpg 2\n", "image_id,partition\n000001.jpg,0\n000002.jpg,2\n",
          "\"image_id\",\"partition\"\r\n\"000001.jpg\",0\r\n\"000002.jpg\",\"2\""}) {
        CAPTURE(text);
        const auto partition = parse_celeba_partition(mark + text, "list");
        CHECK(partition.files == std::vector<std::string>{"000001.jpg", "000002.jpg"});
        CHECK(partition.parts == std::vector<Split>{Split::train, Split::test});
    }
    for (const char* text : {"1\nBald Bangs\n000001.jpg -1  1\n", "image_id,Bald,Bangs\n000001.jpg,-1,1\n",
                             "\"image_id\",\"Bald\",\"Bangs\"\n\"000001.jpg\",\"-1\",1\n"}) {
        CAPTURE(text);
        const auto attributes = parse_celeba_attributes(mark + text, "list");
        CHECK(attributes.names == std::vector<std::string>{"Bald", "Bangs"});
        CHECK(attributes.files == std::vector<std::string>{"000001.jpg"});
        CHECK(attributes.bits == std::vector<std::uint64_t>{0b10});
    }
}

TEST_CASE("an image that is named twice is refused with both lines and both parts") {
    const auto refused = [](const std::string& text) {
        return test::message_of([&] { parse_celeba_partition(text, "list"); });
    };
    CHECK(refused("1.jpg 0\n2.jpg 1\n1.jpg 2\n") ==
          "list: line 3: names 1.jpg (test) a second time: line 1 has it (train) (restore the list as it was "
          "distributed)");
    CHECK(refused("image_id,partition\n1.jpg,0\n1.jpg,0\n")
              .find("line 3: names 1.jpg (train) a second time: line 2") != std::string::npos);
}

TEST_CASE("sixty-four attributes fit, sixty-five do not") {
    std::string header = "1\n", row = "000001.jpg";
    for (int k = 0; k < 64; ++k) {
        header += " A" + std::to_string(k);
        row += k == 63 ? " 1" : " -1";
    }
    CHECK(parse_celeba_attributes(header + "\n" + row, "list").bits[0] == std::uint64_t{1} << 63);
    CHECK(attribute_error(header + " B\n" + row + " 1") == "line 2");
}

TEST_CASE("a malformed partition list is refused with the line") {
    CHECK(partition_error("") == "");
    CHECK(partition_error("image_id,partition\n") == "");
    CHECK(partition_error("000001.jpg 0\n000002.jpg 3\n") == "line 2, column 2");
    CHECK(partition_error("000001.jpg 0\n000002.jpg -1\n") == "line 2, column 2");
    CHECK(partition_error("000001.jpg 0\n000002.jpg 1x\n") == "line 2, column 2");
    CHECK(partition_error("000001.jpg 0\n000002.jpg\n000003.jpg 0\n") == "line 2");
    CHECK(partition_error("000001.jpg 0\n\n000003.jpg 0\n") == "line 2");
    CHECK(partition_error("000001.jpg 0 7\n") == "line 1");
    CHECK(partition_error("image_id,partition\n000001.jpg,\n") == "line 2, column 2");
    CHECK(partition_error("image_id,partition,more\n000001.jpg,0\n") == "line 1");
    CHECK(partition_error("../secret.jpg 0\n") == "line 1, column 1");
    CHECK(partition_error("a/b.jpg 0\n") == "line 1, column 1");
    CHECK(partition_error("image_id,partition\n,0\n") == "line 2, column 1");
}

TEST_CASE("a malformed attribute list is refused with the line") {
    CHECK(attribute_error("") == "");
    CHECK(attribute_error("2") == "");
    CHECK(attribute_error("x\nBald\n000001.jpg 1\n") == "line 1, column 1");
    CHECK(attribute_error("0\nBald\n") == "line 1, column 1");
    CHECK(attribute_error("1\nBald\n") == "");
    CHECK(attribute_error("2\nBald\n000001.jpg 1\n") == "line 1");
    CHECK(attribute_error("1\nBald Bangs\n000001.jpg 1\n") == "line 3");
    CHECK(attribute_error("1\nBald Bangs\n000001.jpg 1 0\n") == "line 3, column 3");
    CHECK(attribute_error("1\nBald Bangs\n000001.jpg 1 2\n") == "line 3, column 3");
    CHECK(attribute_error("1\nBald Bangs\n000001.jpg 1 yes\n") == "line 3, column 3");
    CHECK(attribute_error("image_id\n000001.jpg\n") == "line 1");
    CHECK(attribute_error("image_id,Bald,\n000001.jpg,1,1\n") == "line 1, column 3");
}
