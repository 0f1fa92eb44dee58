#!/usr/bin/env bash
# Makes a base image from Debian packages, for a machine that can pull no image:
#   deploy/images/base.sh && BASE=tieout/base:bookworm deploy/images/build.sh
# It holds Debian's Python 3.11, certificates and time zones. Needs root, debootstrap and Docker.
set -euo pipefail
name=${1:-tieout/base:bookworm}
mirror=${DEBIAN_MIRROR:-}
packages=python3.11,python3.11-venv,python3-distutils,ca-certificates,tzdata

root=$(mktemp -d)
chmod 755 "$root"
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase --include="$packages" bookworm "$root" $mirror >&2
# A name that the official Python image has.
ln -s /usr/bin/python3.11 "$root/usr/local/bin/python"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
  "$root"/usr/share/{doc,man,info,locale,lintian,bash-completion}/*
tar -C "$root" -c . | docker import --change 'ENV LANG=C.UTF-8' - "$name"
