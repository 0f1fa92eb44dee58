#!/usr/bin/env bash
# Shows on the cluster of KUBECONFIG, from beginning to end, that the chart does what docs/install.md says: a trial is
# installed, a tenant connected, and upgraded while 200 changes are under way and pods are killed at random; every change
# is accounted for. Then it is rolled back, scaled and removed. The namespace tieout-proof must be free for that.
#   LOAD="kind load docker-image" deploy/kubernetes/prove.sh [OLD [NEW]] [--seed N]
# LOAD is a command that brings an image from Docker into the cluster; without it, the cluster pulls the images. With it,
# images of the two versions that Docker does not have are built first. Needs helm and kubectl on the PATH.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${KUBECONFIG:?say which cluster}"
old=0.1.0 new=0.1.1
if [[ ${1:-} =~ ^[0-9] ]]; then old=$1; shift; fi
if [[ ${1:-} =~ ^[0-9] ]]; then new=$1; shift; fi

make .venv/ready
if [ -n "${LOAD:-}" ]; then
  have() { docker image inspect "$1" >/dev/null 2>&1; }
  have "tieout/services:$old" || deploy/images/build.sh "$old"
  have "tieout/services:$new" || deploy/images/build.sh "$new" services
  for image in "tieout/services:$old" "tieout/services:$new" "tieout/simulator:$old" "tieout/trial:$old" \
    apache/kafka:4.3.1 postgres:18; do
    have "$image" || docker pull "$image"
    $LOAD "$image" >/dev/null
  done
fi
exec .venv/bin/python -m tieout_local.cluster --old "$old" --new "$new" "$@"
