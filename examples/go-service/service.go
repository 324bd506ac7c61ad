package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	longestQuestion = 500     // characters
	largestAsset    = 1 << 16 // bytes
	mostFound       = 100
	cacheName       = "search"
)

type service struct {
	index   *index
	cache   *cache
	metrics *metrics
	log     *slog.Logger
}

func newService(m *metrics, log *slog.Logger) *service {
	return &service{index: newIndex(m, samples...), cache: newCache(256), metrics: m, log: log}
}

// handler has every endpoint; with faults one more, which fails, for drills.
func (s *service) handler(faults bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /search", s.search)
	mux.HandleFunc("GET /assets/{id}", s.view)
	mux.HandleFunc("POST /assets", s.add)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	if faults {
		mux.HandleFunc("GET /fault", fault)
	}
	return measured(mux, s.metrics, s.log)
}

func (s *service) search(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	question, modality := strings.TrimSpace(r.FormValue("q")), r.FormValue("modality")
	if modality == "" {
		modality = "text"
	}
	if !slices.Contains(modalities, modality) {
		tell(w, http.StatusBadRequest, "modality is one of "+strings.Join(modalities, ", ")+".")
		return
	}
	if question == "" || len(question) > longestQuestion {
		tell(w, http.StatusBadRequest, fmt.Sprintf("q is what you look for, in at most %d characters.", longestQuestion))
		return
	}
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil || limit < 1 || limit > mostFound {
		limit = 10
	}
	found := s.find(question, modality)
	took := time.Since(started)
	s.metrics.userActions.WithLabelValues(serviceName, "search").Inc()
	s.metrics.searches.WithLabelValues(serviceName, modality).Inc()
	s.metrics.searchTime.WithLabelValues(serviceName, modality).Observe(took.Seconds())
	if len(found) == 0 {
		s.metrics.emptySearches.WithLabelValues(serviceName, modality).Inc()
	}
	s.log.LogAttrs(r.Context(), slog.LevelInfo, fmt.Sprintf("Search for %s found %d", modality, len(found)), durationMS(took))
	answer(w, http.StatusOK, map[string]any{"found": len(found), "assets": found[:min(limit, len(found))]})
}

// find asks the cache first.
func (s *service) find(question, modality string) []asset {
	key := modality + " " + strings.Join(words(question), " ")
	if found, ok := s.cache.get(key); ok {
		s.metrics.cacheLookups.WithLabelValues(serviceName, cacheName, "hit").Inc()
		return found
	}
	s.metrics.cacheLookups.WithLabelValues(serviceName, cacheName, "miss").Inc()
	found := s.index.find(question, modality)
	s.cache.put(key, found)
	return found
}

func (s *service) view(w http.ResponseWriter, r *http.Request) {
	found, ok := s.index.get(r.PathValue("id"))
	if !ok {
		tell(w, http.StatusNotFound, "There is no such asset.")
		return
	}
	s.metrics.userActions.WithLabelValues(serviceName, "view").Inc()
	answer(w, http.StatusOK, found)
}

func (s *service) add(w http.ResponseWriter, r *http.Request) {
	var given asset
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestAsset)).Decode(&given); err != nil {
		tell(w, http.StatusBadRequest, "An asset is a JSON object with asset_id, modality and text: "+err.Error()+".")
		return
	}
	if !goodRequestID.MatchString(given.ID) || !slices.Contains(modalities, given.Modality) {
		tell(w, http.StatusBadRequest, "asset_id has letters, digits and ._-, modality is one of "+strings.Join(modalities, ", ")+".")
		return
	}
	s.index.put(given)
	s.cache.clear()
	s.log.LogAttrs(r.Context(), slog.LevelInfo, "Asset indexed", slog.String("asset_id", given.ID))
	answer(w, http.StatusCreated, given)
}

func fault(_ http.ResponseWriter, r *http.Request) {
	seconds, _ := strconv.ParseFloat(r.FormValue("seconds"), 64)
	select {
	case <-time.After(time.Duration(max(0, min(seconds, 60)) * float64(time.Second))):
	case <-r.Context().Done():
		return
	}
	panic("this was asked for, as a drill")
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // fails where the caller is gone
}

func tell(w http.ResponseWriter, status int, detail string) {
	answer(w, status, map[string]string{"detail": detail})
}
