{{/*
A job that prepares an upgrade. It is a hook, so the services of the new version start after it. In a trial, Kafka and
Postgres come with the chart, so no hook can precede them: there it is an ordinary job of each revision.
Takes (dict "root" $ "name" NAME "weight" N "args" LIST "env" YAML "server" NAME "port" N); the server is what a trial waits for.
*/}}
{{- define "tieout.job" -}}
{{- $trial := .root.Values.trial.enabled }}
{{- $jobs := .root.Values.jobs }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "tieout.fullname" .root }}-{{ .name }}{{ if $trial }}-{{ .root.Release.Revision }}{{ end }}
  labels:
    {{- include "tieout.labels" (dict "root" .root "component" .name) | nindent 4 }}
  {{- if not $trial }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: {{ .weight | quote }}
    # A job that failed stays, so that its log can be read.
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
  {{- end }}
spec:
  backoffLimit: {{ $jobs.backoffLimit }}
  activeDeadlineSeconds: {{ int64 $jobs.activeDeadlineSeconds }}
  template:
    metadata:
      labels:
        {{- include "tieout.podLabels" (dict "root" .root "component" .name) | nindent 8 }}
        tieout/job: "true"
    spec:
      # The pods of tries that failed stay as well; with OnFailure, the last one would go with its log.
      restartPolicy: Never
      {{- if and .root.Values.serviceAccount.create (not $trial) }}
      # The chart's own account does not exist yet when a hook runs.
      {{- else }}
      serviceAccountName: {{ include "tieout.serviceAccount" .root }}
      {{- end }}
      {{- include "tieout.podLockdown" .root | nindent 6 }}
      securityContext:
        {{- toYaml .root.Values.podSecurityContext | nindent 8 }}
      {{- with .root.Values.defaults.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.defaults.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if $trial }}
      {{- include "tieout.trialWait" (dict "root" .root "host" (printf "%s-trial-%s" (include "tieout.fullname" .root) .server) "port" .port) | nindent 6 }}
      {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ include "tieout.image" (dict "root" .root "image" .root.Values.image) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: {{ toJson .args }}
          env:
            {{- .env | nindent 12 }}
            {{- with $jobs.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          resources:
            {{- toYaml $jobs.resources | nindent 12 }}
          securityContext:
            {{- toYaml .root.Values.containerSecurityContext | nindent 12 }}
          volumeMounts:
            {{- include "tieout.volumeMounts" .root | nindent 12 }}
            {{- with $jobs.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        {{- include "tieout.volumes" .root | nindent 8 }}
        {{- with $jobs.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}
