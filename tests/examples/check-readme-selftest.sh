#!/usr/bin/env bash
# Shows check-readme.sh a faithful README and several unfaithful ones.
set -euo pipefail
check=$(cd "$(dirname "$0")" && pwd)/check-readme.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

expect() { # status, message part, README
    printf '%b' "$3" > "$tree/README.md"
    status=0
    output=$("$check" "$tree/README.md") || status=$?
    if [[ $status != "$1" || $output != *"$2"* ]]; then
        printf 'expected status %s and "%s" for:\n%b\nbut got %s and:\n%s\n' "$1" "$2" "$3" "$status" "$output"
        failures=$((failures + 1))
    fi
}

printf 'int main() {\n    // [loop]\n    for (;;) {\n        step();\n\n    }\n    // [/loop]\n}\n' > "$tree/a.cpp"
printf '// [open]\nint x;\n' > "$tree/b.cpp"
block='```cpp\nfor (;;) {\n    step();\n\n}\n```\n'

expect 0 '1 snippets' "text\n<!-- from: a.cpp loop -->\n$block"
expect 0 '0 snippets' 'text\n```sh\nls\n```\n'
expect 1 'differs from region loop' "<!-- from: a.cpp loop -->\n${block/step/walk}"
expect 1 'no region [lop]' "<!-- from: a.cpp lop -->\n$block"
expect 1 'no such file' "<!-- from: c.cpp loop -->\n$block"
expect 1 'not closed in' '<!-- from: b.cpp open -->\n```cpp\nint x;\n```\n'
expect 1 'not marked' "$block"
expect 1 'not marked' "<!-- from: a.cpp loop -->\n\n$block"
expect 1 'block is not closed' '```sh\nls\n'

((failures == 0)) && echo "every planted difference was found"
