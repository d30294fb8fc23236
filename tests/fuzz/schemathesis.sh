#!/usr/bin/env bash
# Asks a running server what its own /openapi.json promises: `schemathesis` makes requests from the description and
# holds every answer against it. A sample workspace is published to a server in a temporary folder; both are gone after.
#
#   tests/fuzz/schemathesis.sh --install              fetches it from PyPI
#   tests/fuzz/schemathesis.sh PROGRAM [EXAMPLES]     PROGRAM is the built `maquette`
#
# Where it could not be installed the run says so and is left out.
set -euo pipefail

EXAMPLES="${2:-5}"
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VERSION="4.32.5"
VENV="${CARGO_TARGET_DIR:-$ROOT/target}/fuzz/schemathesis-$VERSION"
SEED="${MAQUETTE_FUZZ_SEED:-$RANDOM}"

# What a Rust test says at its end, so that the lane is counted in one way.
passed() { echo "test schemathesis ... ok"; echo "test result: ok. 1 passed; 0 failed; 0 ignored"; }
failed() { echo "test schemathesis ... FAILED: $1"; echo "test result: FAILED. 0 passed; 1 failed; 0 ignored"; exit 1; }

install() {
    [ ! -x "$VENV/bin/schemathesis" ] || return 0
    rm -rf "$VENV"
    python3 -m venv "$VENV" &&
        "$VENV/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$VERSION" || { rm -rf "$VENV"; return 1; }
}

if [ "${1:-}" = --install ]; then
    install
    exit
fi
PROGRAM=$(realpath "${1:?which maquette program}")
if [ ! -x "$VENV/bin/schemathesis" ]; then
    echo "left out: schemathesis is not installed here (no Python, or no way to PyPI)"
    exit 0
fi

FOLDER=$(mktemp -d -t maquette-fuzz-XXXXXX)
SERVER=""
end() {
    if [ -n "$SERVER" ]; then kill "$SERVER" 2>/dev/null || true; wait "$SERVER" || true; fi
    rm -rf "$FOLDER"
}
trap end EXIT
cd "$FOLDER"
export HOME="$FOLDER" XDG_DATA_HOME="$FOLDER/data" MAQUETTE_SECRETS_FILE="$FOLDER/secrets.json"

value() { "$VENV/bin/python" -c 'import json, sys; print(json.load(sys.stdin)["data"]["token"])'; }

MAQUETTE_TOKEN=$("$PROGRAM" init --server --store server.maquette --json | value)
export MAQUETTE_TOKEN
mkfifo address
"$PROGRAM" serve --store server.maquette --listen 127.0.0.1:0 >address 2>server.log &
SERVER=$!
IFS= read -r -t 60 URL <address || failed "the server did not start: $(cat server.log)"
"$PROGRAM" new shop.maquette --sample shop >/dev/null 2>&1
"$PROGRAM" target add shop.maquette fuzz --url "$URL" >/dev/null 2>&1
"$PROGRAM" publish shop.maquette --target fuzz --yes >publish.log 2>&1 || failed "publish: $(cat publish.log)"
TOKEN=$("$PROGRAM" token new --user ann --role admin --server "$URL" --json | value)

# Every check, but for two: positive data may be refused for what no schema says (a reference that leads nowhere, a value
# that is taken), and a model that only a release changes answers 403 to every method, whatever it allows.
ask() { # TOKEN PHASES PATHS
    env -u http_proxy -u https_proxy "$VENV/bin/schemathesis" --no-color run "$URL/openapi.json" --header "Authorization: Bearer $1" \
        --include-path-regex "$3" --checks all --exclude-checks positive_data_acceptance,allow_header_conformance \
        --phases "$2" --max-examples "$EXAMPLES" --seed "$SEED" --no-shrink --suppress-health-check all --warnings off
}
status=0
# Edge values of every parameter take long: two entities stand for all.
ask "$TOKEN" coverage '^/api/(data/(Category|Order)([/:]|$)|policy)' || status=1
ask "$TOKEN" fuzzing '^/(api/(data|policy|meta)|[a-z]+$|openapi)' || status=1
ask "$MAQUETTE_TOKEN" fuzzing '^/api/(admin|audit)' || status=1
kill -0 "$SERVER" 2>/dev/null || failed "the server ended: $(cat server.log)"
[ "$status" = 0 ] || failed "seed $SEED; run it again with MAQUETTE_FUZZ_SEED=$SEED"
passed
