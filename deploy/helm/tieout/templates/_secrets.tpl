{{/* Every secret that is made from values, as JSON: name → key → value. None where existing secrets are named. */}}
{{- define "tieout.secretData" -}}
{{- $full := include "tieout.fullname" . -}}
{{- $made := dict -}}
{{- if not .Values.trial.enabled -}}
{{- range $module := include "tieout.modules" . | fromJsonArray -}}
{{- $service := include "tieout.serviceOf" $module -}}
{{- $database := get $.Values.databases $service -}}
{{- if not $database.existingSecret -}}
{{- $data := dict -}}
{{- range $value, $key := $database.keys -}}
{{- if not (and $database.existingOwnerSecret (eq $value "ownerUrl")) -}}
{{- $_ := set $data $key (get $database $value | required (printf "databases.%s: name an existingSecret, or set %s" $service $value)) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $made (printf "%s-%s-database" $full $service) $data -}}
{{- end -}}
{{- end -}}
{{- if and (has "tieout_connector" (include "tieout.modules" . | fromJsonArray)) (not .Values.connector.existingSecret) -}}
{{- $data := dict -}}
{{- range $value, $key := .Values.connector.keys -}}
{{- $_ := set $data $key (get $.Values.connector $value | required (printf "connector: name an existingSecret, or set %s" $value)) -}}
{{- end -}}
{{- $_ := set $made (printf "%s-connector" $full) $data -}}
{{- end -}}
{{- end -}}
{{- if and (hasPrefix "SASL_" .Values.kafka.security) (not .Values.kafka.sasl.existingSecret) -}}
{{- $_ := required "kafka.sasl: name an existingSecret, or set username and password" .Values.kafka.sasl.username -}}
{{- $password := required "kafka.sasl: name an existingSecret, or set username and password" .Values.kafka.sasl.password -}}
{{- $_ := set $made (printf "%s-kafka" $full) (dict .Values.kafka.sasl.keys.password $password) -}}
{{- end -}}
{{- toJson $made -}}
{{- end -}}
