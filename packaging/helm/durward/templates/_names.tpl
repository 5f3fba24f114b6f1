{{/* The name of everything that belongs to this release. */}}
{{- define "durward.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{/* What the pods are found by; it never changes. */}}
{{- define "durward.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "durward.labels" -}}
{{ include "durward.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "durward.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The database's address; with the authority that was given to verify it by. */}}
{{- define "durward.database" -}}
{{- $url := .Values.database.url -}}
{{- if .Values.secret.databaseAuthority -}}
{{ $url }}{{ contains "?" $url | ternary "&" "?" }}sslrootcert=/secrets/database-ca.pem
{{- else -}}
{{ $url }}
{{- end -}}
{{- end -}}
