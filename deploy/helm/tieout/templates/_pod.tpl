{{/* What every pod of ours says of itself, the jobs included. */}}
{{- define "tieout.podBasics" -}}
serviceAccountName: {{ include "tieout.serviceAccount" . }}
{{ include "tieout.podLockdown" . }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end -}}

{{/* No token of the Kubernetes API, no variables for each Service of the namespace. */}}
{{- define "tieout.podLockdown" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The certificates of Kafka and Postgres, and a folder for temporary files, since the root is read-only. */}}
{{- define "tieout.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- $tls := .Values.kafka.tls }}
{{- if or $tls.ca.existingSecret $tls.client.existingSecret }}
- name: kafka-tls
  projected:
    sources:
      {{- with $tls.ca }}
      {{- if .existingSecret }}
      - secret:
          name: {{ .existingSecret }}
          items:
            - { key: {{ .key }}, path: ca.crt }
      {{- end }}
      {{- end }}
      {{- with $tls.client }}
      {{- if .existingSecret }}
      - secret:
          name: {{ .existingSecret }}
          items:
            - { key: {{ .certKey }}, path: tls.crt }
            - { key: {{ .keyKey }}, path: tls.key }
      {{- end }}
      {{- end }}
{{- end }}
{{- with .Values.postgres.tls.ca }}
{{- if .existingSecret }}
- name: postgres-tls
  secret:
    secretName: {{ .existingSecret }}
    items:
      - { key: {{ .key }}, path: ca.crt }
{{- end }}
{{- end }}
{{- end -}}

{{/* Where these volumes are mounted. */}}
{{- define "tieout.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if or .Values.kafka.tls.ca.existingSecret .Values.kafka.tls.client.existingSecret }}
- name: kafka-tls
  mountPath: /etc/tieout/kafka
  readOnly: true
{{- end }}
{{- if .Values.postgres.tls.ca.existingSecret }}
- name: postgres-tls
  mountPath: /etc/tieout/postgres
  readOnly: true
{{- end }}
{{- end -}}

{{/* Where pods may run; each service's pods spread apart. Takes (dict "root" $ "component" NAME "service" ENTRY). */}}
{{- define "tieout.scheduling" -}}
{{- with .service.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .service.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.spread }}
topologySpreadConstraints:
  {{- range . }}
  - {{ toYaml . | nindent 4 | trim }}
    labelSelector:
      matchLabels:
        {{- include "tieout.selector" $ | nindent 8 }}
    # Counts only pods of this version, so that a rolling update ends as evenly as it began.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end -}}

{{/* The volume with the files of attachments. */}}
{{- define "tieout.attachmentsVolume" -}}
{{- with .Values.connector.attachments }}
{{- if .enabled }}
persistentVolumeClaim:
  claimName: {{ .existingClaim | default (printf "%s-attachments" (include "tieout.fullname" $)) }}
{{- else }}
emptyDir: {}
{{- end }}
{{- end }}
{{- end -}}
