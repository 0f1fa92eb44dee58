{{/* The port of a URL: its own, or that of its scheme. */}}
{{- define "tieout.portOf" -}}
{{- $url := urlParse . -}}
{{- $url.host | regexFind ":[0-9]+$" | trimPrefix ":" | default (eq $url.scheme "https" | ternary "443" "80") -}}
{{- end -}}

{{/* One rule of egress. Takes (dict "ports" LIST "to" PEERS); no peers: everybody. */}}
{{- define "tieout.egress" -}}
- ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "tieout.dnsEgress" -}}
- ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
{{- end -}}

{{- define "tieout.kafkaEgress" -}}
{{- $bootstrap := list }}
{{- range splitList "," (include "tieout.bootstrap" .) }}{{ $bootstrap = append $bootstrap (splitList ":" . | last | int) }}{{ end }}
{{- $kafka := .Values.networkPolicy.kafka }}
{{- include "tieout.egress" (dict "ports" ($kafka.ports | default ($bootstrap | uniq)) "to" $kafka.to) }}
{{- end -}}
