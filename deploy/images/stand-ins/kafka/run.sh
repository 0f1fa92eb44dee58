# Every KAFKA_A_B=v is a setting a.b=v, as in the official image; some variables are for the JVM.
set -euo pipefail
config=/opt/kafka/config/server.properties
env | grep -E '^KAFKA_' | grep -vE '^KAFKA_(HEAP_OPTS|OPTS|VERSION|LOG4J)' | while IFS='=' read -r name value; do
  printf '%s=%s\n' "$(printf '%s' "${name#KAFKA_}" | tr '[:upper:]' '[:lower:]' | sed 's/___/-/g; s/__/@/g; s/_/./g; s/@/_/g')" "$value"
done >"$config"
run() { exec java ${KAFKA_HEAP_OPTS:--Xmx512m} -XX:+UseSerialGC ${KAFKA_OPTS:-} -Dlog4j2.configurationFile=/opt/log4j2.properties \
  -cp '/opt/kafka/libs/*' "$@"; }
(run kafka.tools.StorageTool format --ignore-formatted --cluster-id "${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" --config "$config")
run kafka.Kafka "$config"
