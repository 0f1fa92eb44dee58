# Inside the build of an image, into /opt/tieout, and compiled:
#   install.sh locked NAME     the third parties of NAME.txt, by hash
#   install.sh ours PACKAGE…   packages of ours; and what is inside now, as an SBOM (CycloneDX)
set -eu
what=$1
shift
pip="tools/bin/pip --python /opt/tieout/bin/python install --quiet --no-compile"
if [ "$what" = locked ]; then
  $pip --require-hashes -r "$1.txt"
else
  for package in "$@"; do
    $pip --no-deps --no-index "wheels/$package"-*.whl
  done
  tools/bin/cyclonedx-py environment --output-reproducible --output-format JSON \
    --output-file /opt/tieout/sbom.cdx.json /opt/tieout/bin/python
fi
# By the hash of the source and unchecked: the same bytes on every build, and no look at the source at a start.
/opt/tieout/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/tieout/lib
