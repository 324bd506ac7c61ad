#!/bin/bash
# Loads what the ELK stack is asked to know, once, as soon as it listens: how the documents of log lines are kept, and
# Kibana's data view and dashboard. Loading again replaces them.
set -euo pipefail
cd "$(dirname "$0")"

send() { curl --silent --show-error --fail-with-body --retry 120 --retry-delay 2 --retry-all-errors "$@"; }

send --request PUT --header "Content-Type: application/json" --data-binary @template.json \
  "$ELASTICSEARCH_URL/_index_template/dataflux-logs"

answer=$(send --header "kbn-xsrf: true" --form file=@../kibana/dataflux.ndjson \
  "$KIBANA_URL/api/saved_objects/_import?overwrite=true")
echo "$answer"
# It says 200 as well when it took only a part.
[[ $answer == *'"success":true'* ]]
