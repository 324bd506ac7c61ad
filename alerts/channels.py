"""Where alerts go. Critical reaches all three channels, warning only Slack, and the Watchdog only the webhook."""

from kit.model.alert import HEARTBEAT
from kit.model.channel import Channel, Mute, Route, Routing
from kit.settings import Settings

# Both evaluators render this with the same data: https://prometheus.io/docs/alerting/latest/notifications/
# An hour around the start is shown in the panel: 3600000000000 ns.
TEMPLATE = """\
{{ define "dataflux.title" -}}
[{{ .Status | toUpper }}{{ if eq .Status "firing" }} {{ .Alerts.Firing | len }}{{ end }}] {{ .GroupLabels.alertname }}
{{- with .GroupLabels.cluster }} · {{ . }}{{ end }}{{ with .GroupLabels.environment }} · {{ . }}{{ end }}
{{- end }}

{{ define "dataflux.text" -}}
{{ with .CommonAnnotations.summary }}{{ . }}
{{ end }}
{{- range .Alerts }}
{{ if eq .Status "firing" }}FIRING{{ else }}RESOLVED{{ end }} ({{ .Labels.severity }}) {{ .Annotations.description }}
Since {{ .StartsAt.UTC.Format "2006-01-02 15:04:05 UTC" }}
{{- with .Annotations.dashboard_url }}
Panel: {{ . }}{{ end }}
{{- if .Annotations.dashboard_url }}&from={{ (.StartsAt.Add -3600000000000).UnixMilli }}
{{- "&to=" }}{{ (.StartsAt.Add 3600000000000).UnixMilli }}{{ end }}
{{- with .Annotations.runbook_url }}
Runbook: {{ . }}{{ end }}
{{ end }}
{{- end }}
"""


def routing(settings: Settings) -> Routing:
    """Channels, routes, mute timings and texts."""
    day, start, end = settings.maintenance
    title, text = '{{ template "dataflux.title" . }}', '{{ template "dataflux.text" . }}'
    return Routing(
        channels=(
            Channel(
                "dataflux-slack",
                "slack",
                {"recipient": settings.slack_channel, "url": settings.slack_url, "title": title, "text": text},
            ),
            Channel(
                "dataflux-email",
                "email",
                {"addresses": settings.email, "singleEmail": True, "subject": title, "message": text},
            ),
            Channel(
                "dataflux-webhook",
                "webhook",
                {
                    "url": settings.webhook_url,
                    "httpMethod": "POST",
                    "authorization_scheme": "Bearer",
                    "authorization_credentials": settings.webhook_token,
                    "maxAlerts": 0,
                },
            ),
        ),
        default="dataflux-slack",
        routes=(
            Route("critical", ("dataflux-email", "dataflux-webhook", "dataflux-slack"), wait="10s", repeat="1h"),
            Route("warning", ("dataflux-slack",), wait="30s", repeat="4h", muted=("dataflux-maintenance",)),
            # The Watchdog: told every 5 to 6 minutes, never muted, so that whoever listens can tell that it stopped.
            Route(HEARTBEAT, ("dataflux-webhook",), wait="10s", repeat="5m", group_interval="1m"),
        ),
        group_by=("alertname", "cluster", "environment"),
        template=TEMPLATE,
        mutes=(Mute("dataflux-maintenance", times=((start, end),), weekdays=(day,)),),
    )
