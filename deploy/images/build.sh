#!/usr/bin/env bash
# Builds the images tieout/services, tieout/simulator, tieout/cli and tieout/trial, and writes their SBOMs to dist/.
#   deploy/images/build.sh [VERSION [TARGET…]]
# BASE names another base image, DOCKER_BUILD_ARGS are more arguments of `docker build`, such as "--network host".
# For a package index of your own put pip.conf and ca.crt into deploy/images/machine, which is not committed.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=${1:-$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)}
revision=$(git rev-parse HEAD)
created=$(TZ=UTC git show -s --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ HEAD)
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(services simulator cli trial)
mkdir -p dist
for target in "${targets[@]}"; do
  image=tieout/$target:$version
  # shellcheck disable=SC2086
  docker build --quiet -f deploy/images/Dockerfile --target "$target" -t "$image" ${BASE:+--build-arg BASE="$BASE"} \
    --build-arg VERSION="$version" --build-arg REVISION="$revision" --build-arg CREATED="$created" \
    ${DOCKER_BUILD_ARGS:-} . >/dev/null
  container=$(docker create "$image" nothing)
  docker cp --quiet "$container:/opt/tieout/sbom.cdx.json" "dist/$target-$version.cdx.json"
  docker rm "$container" >/dev/null
  printf '%s %.0f MB\n' "$image" "$(docker image inspect -f '{{.Size}}' "$image" | awk '{print $1 / 1e6}')"
done
