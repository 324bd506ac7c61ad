package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Names, labels and buckets are those of signals/, where they are declared. No label takes a value that a caller can
// make up: endpoint is a route's pattern, a modality one of modalities.

const serviceName = "query-service"

// Set when it is built: -ldflags "-X main.version=1.2.3".
var version = "1.0.0"

var modalities = []string{"text", "image", "audio", "video"}

type metrics struct {
	registry *prometheus.Registry

	requests    *prometheus.CounterVec
	duration    *prometheus.HistogramVec
	connections *prometheus.GaugeVec
	buildInfo   *prometheus.GaugeVec

	searches      *prometheus.CounterVec
	emptySearches *prometheus.CounterVec
	searchTime    *prometheus.HistogramVec
	cacheLookups  *prometheus.CounterVec
	queryTime     *prometheus.HistogramVec
	userActions   *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dataflux_requests_total",
			Help: "Requests answered, by HTTP status",
		}, []string{"service", "endpoint", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "dataflux_request_duration_seconds",
			Help:    "Time to answer a request",
			Buckets: []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"service", "endpoint"}),
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "dataflux_active_connections",
			Help: "Connections open now",
		}, []string{"service"}),
		buildInfo: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "dataflux_build_info",
			Help: "1; the version that runs",
		}, []string{"service", "version"}),
		searches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dataflux_search_queries_total",
			Help: "Searches",
		}, []string{"service", "modality"}),
		emptySearches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dataflux_search_empty_total",
			Help: "Searches that found nothing",
		}, []string{"service", "modality"}),
		searchTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "dataflux_search_duration_seconds",
			Help:    "Time to answer a search",
			Buckets: []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
		}, []string{"service", "modality"}),
		cacheLookups: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dataflux_cache_requests_total",
			Help: "Look-ups; result is hit or miss",
		}, []string{"service", "cache", "result"}),
		queryTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "dataflux_db_query_duration_seconds",
			Help:    "Time of a query, as the service feels it; query is its short name in the code",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
		}, []string{"service", "query"}),
		userActions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dataflux_user_actions_total",
			Help: "What people did",
		}, []string{"service", "action"}),
	}
	m.registry.MustRegister(
		m.requests, m.duration, m.connections, m.buildInfo,
		m.searches, m.emptySearches, m.searchTime, m.cacheLookups, m.queryTime, m.userActions,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.begin()
	return m
}

// begin exports every value that is known beforehand as 0: rate() does not see a series' first step from nothing.
func (m *metrics) begin() {
	m.buildInfo.WithLabelValues(serviceName, version).Set(1)
	m.connections.WithLabelValues(serviceName)
	for _, modality := range modalities {
		m.searches.WithLabelValues(serviceName, modality)
		m.emptySearches.WithLabelValues(serviceName, modality)
		m.searchTime.WithLabelValues(serviceName, modality)
	}
	for _, result := range []string{"hit", "miss"} {
		m.cacheLookups.WithLabelValues(serviceName, "search", result)
	}
	for _, query := range []string{"find_assets", "get_asset", "put_asset"} {
		m.queryTime.WithLabelValues(serviceName, query)
	}
	for _, action := range []string{"search", "view"} {
		m.userActions.WithLabelValues(serviceName, action)
	}
}
