{{/* Settings as environment variables: jwksUrl → TIEOUT_JWKS_URL. A number keeps its digits, which `toString` would not. */}}
{{- define "tieout.settings" -}}
{{- range $name, $value := . }}
{{- if not (kindIs "invalid" $value) }}
- name: TIEOUT_{{ $name | snakecase | upper }}
  value: {{ kindIs "string" $value | ternary $value (toJson $value) | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* A variable from a secret. Takes (list NAME SECRET KEY). */}}
{{- define "tieout.fromSecret" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end -}}

{{/* How Kafka is reached. Takes (dict "root" $ "secrets" ""); for jobs that run as hooks, "secrets" is "-jobs". */}}
{{- define "tieout.kafkaEnvironment" -}}
{{- $kafka := .root.Values.kafka -}}
- name: TIEOUT_KAFKA
  value: {{ include "tieout.bootstrap" .root | quote }}
- name: TIEOUT_KAFKA_PREFIX
  value: {{ $kafka.prefix | quote }}
- name: TIEOUT_PARTITIONS
  value: {{ int64 $kafka.partitions | quote }}
- name: TIEOUT_KAFKA_SECURITY
  value: {{ $kafka.security | quote }}
{{- if hasPrefix "SASL_" $kafka.security }}
{{- $secret := $kafka.sasl.existingSecret | default (printf "%s-kafka%s" (include "tieout.fullname" .root) .secrets) }}
- name: TIEOUT_KAFKA_SASL_MECHANISM
  value: {{ $kafka.sasl.mechanism | quote }}
{{- if $kafka.sasl.username }}
- name: TIEOUT_KAFKA_USERNAME
  value: {{ $kafka.sasl.username | quote }}
{{- else }}
{{ include "tieout.fromSecret" (list "TIEOUT_KAFKA_USERNAME" $secret $kafka.sasl.keys.username) }}
{{- end }}
{{ include "tieout.fromSecret" (list "TIEOUT_KAFKA_PASSWORD" $secret $kafka.sasl.keys.password) }}
{{- end }}
{{- if $kafka.tls.ca.existingSecret }}
- name: TIEOUT_KAFKA_CA_FILE
  value: /etc/tieout/kafka/ca.crt
{{- end }}
{{- if $kafka.tls.client.existingSecret }}
- name: TIEOUT_KAFKA_CERT_FILE
  value: /etc/tieout/kafka/tls.crt
- name: TIEOUT_KAFKA_KEY_FILE
  value: /etc/tieout/kafka/tls.key
{{- end }}
{{- end -}}

{{- define "tieout.bootstrap" -}}
{{- $trial := .Values.trial.enabled | ternary (printf "%s-trial-kafka:9092" (include "tieout.fullname" .)) "" -}}
{{- required "kafka.bootstrapServers: say where Kafka is, host:port" (.Values.kafka.bootstrapServers | default $trial) -}}
{{- end -}}

{{/* Where a service's database URLs are, as JSON. Takes (dict "root" $ "service" NAME "secrets" ""). */}}
{{- define "tieout.databaseSecret" -}}
{{- $database := get .root.Values.databases .service | required (printf "databases.%s: say where the database of %s is" .service .service) -}}
{{- $full := include "tieout.fullname" .root -}}
{{- if .root.Values.trial.enabled -}}
{{- $name := printf "%s-trial" $full -}}
{{- dict "name" $name "owner" $name "keys" (dict "url" (printf "%s-database-url" .service) "apiUrl" (printf "%s-api-database-url" .service) "ownerUrl" (printf "%s-owner-database-url" .service)) | toJson -}}
{{- else -}}
{{- $name := $database.existingSecret | default (printf "%s-%s-database%s" $full .service .secrets) -}}
{{- dict "name" $name "owner" ($database.existingOwnerSecret | default $name) "keys" $database.keys | toJson -}}
{{- end -}}
{{- end -}}

{{/* The settings of a process, as JSON: those of all services, of the connector, and its own. Later ones win. */}}
{{- define "tieout.settingsOf" -}}
{{- $values := .root.Values -}}
{{- $settings := mergeOverwrite (dict) (include "tieout.trialSettings" .root | fromJson) $values.settings -}}
{{- if eq .service.module "tieout_connector" -}}
{{- $settings = mergeOverwrite $settings (include "tieout.trialConnectorSettings" .root | fromJson) $values.connector.settings -}}
{{- end -}}
{{- $settings = mergeOverwrite $settings (.service.settings | default dict) -}}
{{- $_ := required "settings.jwksUrl: say where the keys are that sign your tokens" $settings.jwksUrl -}}
{{- $_ := required "settings.jwtIssuer: say which issuer your tokens name" $settings.jwtIssuer -}}
{{- if eq .service.module "tieout_connector" -}}
{{- $_ := required "connector.settings.xeroClientId: the id of your app at Xero" $settings.xeroClientId -}}
{{- $_ := required "connector.settings.xeroRedirectUri: https://…/oauth/callback, as registered with your app at Xero" $settings.xeroRedirectUri -}}
{{- end -}}
{{- toJson $settings -}}
{{- end -}}

{{/* The whole environment of a process. Takes (dict "root" $ "service" ENTRY). */}}
{{- define "tieout.environment" -}}
{{- $name := include "tieout.serviceOf" .service.module -}}
{{- $database := include "tieout.databaseSecret" (dict "root" .root "service" $name "secrets" "") | fromJson -}}
{{ include "tieout.kafkaEnvironment" (dict "root" .root "secrets" "") }}
{{ include "tieout.fromSecret" (list "TIEOUT_DATABASE_URL" $database.name $database.keys.url) }}
{{ include "tieout.fromSecret" (list "TIEOUT_API_DATABASE_URL" $database.name $database.keys.apiUrl) }}
- name: TIEOUT_HTTP_HOST
  value: "0.0.0.0"
- name: TIEOUT_HTTP_PORT
  value: "8000"
- name: TIEOUT_HEALTH_PORT
  value: "9000"
{{- with .service.role }}
- name: TIEOUT_ROLE
  value: {{ . | quote }}
{{- end }}
{{- if eq $name "connector" }}
{{- $keys := .root.Values.connector.keys }}
{{- $secret := .root.Values.connector.existingSecret | default (printf "%s-connector" (include "tieout.fullname" .root)) }}
{{- if .root.Values.trial.enabled }}{{ $secret = printf "%s-trial" (include "tieout.fullname" .root) }}{{ end }}
{{ include "tieout.fromSecret" (list "TIEOUT_XERO_CLIENT_SECRET" $secret $keys.xeroClientSecret) }}
{{ include "tieout.fromSecret" (list "TIEOUT_XERO_WEBHOOK_KEY" $secret $keys.xeroWebhookKey) }}
{{ include "tieout.fromSecret" (list "TIEOUT_TOKEN_KEY" $secret $keys.tokenKey) }}
- name: TIEOUT_ATTACHMENTS_FOLDER
  value: /var/lib/tieout/attachments
{{- end }}
{{- include "tieout.settings" (include "tieout.settingsOf" . | fromJson) }}
{{- end -}}
