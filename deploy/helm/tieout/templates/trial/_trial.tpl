{{/* Settings of a trial, as JSON; what is set in values wins. */}}
{{- define "tieout.trialSettings" -}}
{{- if .Values.trial.enabled -}}
{{- $helper := printf "http://%s-trial-helper:8000" (include "tieout.fullname" .) -}}
{{- dict "jwksUrl" (printf "%s/jwks.json" $helper) "jwtIssuer" "https://tieout.local" | toJson -}}
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{/* A browser reaches the simulator and the connector through `kubectl port-forward`, as NOTES.txt says. */}}
{{- define "tieout.trialConnectorSettings" -}}
{{- if .Values.trial.enabled -}}
{{- $simulator := printf "http://%s-trial-simulator:8000" (include "tieout.fullname" .) -}}
{{- dict
  "xeroApiUrl" $simulator
  "xeroIdentityUrl" $simulator
  "xeroLoginUrl" "http://localhost:8900"
  "xeroClientId" "tieout-trial"
  "xeroRedirectUri" "http://localhost:8000/oauth/callback" | toJson -}}
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{/* The metadata of an object that only a trial has. Takes (dict "root" $ "component" NAME). */}}
{{- define "tieout.trialMetadata" -}}
labels:
  {{- include "tieout.labels" . | nindent 2 }}
  tieout/trial: not-for-production
{{- end -}}

{{/* The labels of a pod of the trial. Without the services' version: an upgrade of theirs restarts no server. */}}
{{- define "tieout.trialPodMetadata" -}}
labels:
  {{- include "tieout.selector" . | nindent 2 }}
  app.kubernetes.io/part-of: tieout
  tieout/trial: not-for-production
{{- end -}}

{{/* Waits until a server of the trial listens. Takes (dict "root" $ "host" HOST "port" PORT). */}}
{{- define "tieout.trialWait" -}}
initContainers:
  - name: wait
    image: {{ include "tieout.image" (dict "root" .root "image" .root.Values.image) }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    command: [python, -c]
    args:
      - |
        import socket, time
        while True:
            try:
                socket.create_connection(("{{ .host }}", {{ .port }}), 2)
                break
            except OSError as error:
                print("{{ .host }}:", error, flush=True)
                time.sleep(1)
    resources:
      {{- toYaml .root.Values.jobs.resources | nindent 6 }}
    securityContext:
      {{- toYaml .root.Values.containerSecurityContext | nindent 6 }}
{{- end -}}

{{/* The pod of a server of a trial, up to its containers. Takes (dict "root" $ "user" UID). */}}
{{- define "tieout.trialPod" -}}
{{ include "tieout.podLockdown" .root }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* The volume with a server's data. It ends with the pod unless trial.persistence says otherwise. */}}
{{- define "tieout.trialVolume" -}}
- name: data
  {{- if .root.Values.trial.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ include "tieout.fullname" .root }}-{{ .component }}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end -}}

{{/* The Service of a server of a trial. Takes (dict "root" $ "component" NAME "ports" (dict NAME NUMBER)). */}}
{{- define "tieout.trialService" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "tieout.fullname" .root }}-{{ .component }}
  {{- include "tieout.trialMetadata" . | nindent 2 }}
spec:
  {{- if .headless }}
  clusterIP: None
  # A broker finds itself by its name before it is ready.
  publishNotReadyAddresses: true
  {{- end }}
  selector:
    {{- include "tieout.selector" . | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - { name: {{ $name }}, port: {{ $port }}, targetPort: {{ $name }} }
    {{- end }}
{{- end -}}
