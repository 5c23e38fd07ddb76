#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image.
set -euo pipefail
AUTOGRADER=${AUTOGRADER:-/autograder}
SOURCE=${SOURCE:-$AUTOGRADER/source}
BOOK=${BOOK:-$SOURCE/ringfence}

new_enough() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}
if ! new_enough; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends ca-certificates curl gnupg
  curl -fsSL https://deb.nodesource.com/setup_20.x | bash -
  apt-get install -y -qq --no-install-recommends nodejs
fi
new_enough || { echo 'setup: no Node 20.19 or newer' >&2; exit 1; }
[ -f "$BOOK/package.json" ] || {
  echo "setup: put a checkout of the book at $BOOK" >&2
  exit 1
}

cd "$BOOK"
[ -d node_modules ] || npm ci
words=()
while read -r id; do [ -z "$id" ] || words+=(--exercise "$id"); done \
  <"$SOURCE/exercises.txt"
[ ! -d "$SOURCE/tests" ] || words+=(--tests "$SOURCE/tests")
npm run -s grade -- --prepare "${words[@]}"
