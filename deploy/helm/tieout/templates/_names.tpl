{{/* The name that every object begins with: the release's name, with the chart's unless it is in there already. */}}
{{- define "tieout.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $full | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The labels that never change, because selectors hold them. Takes (dict "root" $ "component" NAME). */}}
{{- define "tieout.selector" -}}
app.kubernetes.io/name: {{ .root.Values.nameOverride | default .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* All labels of an object. Takes (dict "root" $ "component" NAME). */}}
{{- define "tieout.labels" -}}
{{ include "tieout.podLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The labels of a pod. The chart's version is not among them, so a new chart alone restarts no pod. */}}
{{- define "tieout.podLabels" -}}
{{ include "tieout.selector" . }}
app.kubernetes.io/part-of: tieout
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | trunc 63 | quote }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* An image's reference. Takes (dict "root" $ "image" {registry, repository, tag, digest}). */}}
{{- define "tieout.image" -}}
{{- if eq .image.tag "latest" }}{{ fail (printf "%s: name a version; latest is another image every day" .image.repository) }}{{ end -}}
{{- with .image.registry }}{{ . }}/{{ end -}}
{{- .image.repository -}}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ .image.tag | default .root.Chart.AppVersion }}{{ end -}}
{{- end -}}

{{- define "tieout.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "tieout.fullname" .) "default") -}}
{{- end -}}

{{/* The service that a module belongs to, and whose database it uses: tieout_bills → bills. */}}
{{- define "tieout.serviceOf" -}}
{{- trimPrefix "tieout_" . -}}
{{- end -}}

{{/* The modules that run here, as JSON; two deployments of one module share its database. */}}
{{- define "tieout.modules" -}}
{{- $modules := list -}}
{{- range .Values.services -}}{{ $modules = append $modules .module }}{{- end -}}
{{- $modules | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* The entry of `services` that receives webhooks. */}}
{{- define "tieout.webhookService" -}}
{{- $found := list -}}
{{- range $name, $service := .Values.services -}}
{{- if has $service.role (list "web" "all") -}}{{ $found = append $found $name }}{{- end -}}
{{- end -}}
{{- first $found | required "services: one of them needs the role web or all, to receive webhooks" -}}
{{- end -}}
