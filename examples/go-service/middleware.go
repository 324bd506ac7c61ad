package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

var (
	// A stranger's id is written into logs and sent on: only what is short and harmless is taken over.
	goodRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	// Asked by machines every few seconds; counted, they would hide how few people ask and how many of them fail.
	uncounted = map[string]bool{"/metrics": true, "/healthz": true}
)

// Everything that no route takes is one value, however many addresses somebody tries.
const unknownEndpoint = "unknown"

// measured gives every request its id, and tells how long it took and how it ended. It is written once, so that no
// endpoint can forget it; a panic is a 500.
func measured(next http.Handler, m *metrics, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-ID")
		if !goodRequestID.MatchString(id) {
			id = newRequestID()
		}
		w.Header().Set("X-Request-ID", id)
		r = r.WithContext(withRequestID(r.Context(), id))
		answer := &recorder{ResponseWriter: w}
		started := time.Now()
		// Deferred, so that a request which panics is counted like any other.
		defer func() {
			broken := recover()
			if broken != nil {
				log.ErrorContext(r.Context(), fmt.Sprintf("Request failed: %v%s", broken, raisedAt()))
				answer.fail()
			}
			count(r, answer.code(), time.Since(started), m, log)
			if broken != nil && answer.cut {
				panic(http.ErrAbortHandler) // half an answer is out: only closing the connection tells that
			}
		}()
		next.ServeHTTP(answer, r)
	})
}

func count(r *http.Request, status int, took time.Duration, m *metrics, log *slog.Logger) {
	endpoint := endpointOf(r)
	level := slog.LevelInfo
	switch {
	case uncounted[endpoint]:
		level = slog.LevelDebug
	case status >= 500:
		level = slog.LevelError
	}
	if !uncounted[endpoint] {
		m.requests.WithLabelValues(serviceName, endpoint, strconv.Itoa(status)).Inc()
		m.duration.WithLabelValues(serviceName, endpoint).Observe(took.Seconds())
	}
	said := fmt.Sprintf("%s %s answered with %d", r.Method, endpoint, status)
	log.LogAttrs(r.Context(), level, said, durationMS(took))
}

// endpointOf is the pattern of the route that took the request ("GET /assets/{id}" without its method), never its path.
func endpointOf(r *http.Request) string {
	if r.Pattern == "" {
		return unknownEndpoint
	}
	if _, path, found := strings.Cut(r.Pattern, " "); found {
		return path
	}
	return r.Pattern
}

func newRequestID() string {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // never fails
	return "req-" + hex.EncodeToString(random)
}

// raisedAt is the function, file and line that panicked, in one line.
func raisedAt() string {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf(" (in %s, %s:%d)", short(frame.Function), short(frame.File), frame.Line)
		}
		if !more {
			return ""
		}
	}
}

func short(path string) string {
	return path[strings.LastIndex(path, "/")+1:]
}

// recorder remembers the status; cut tells that the answer had begun when it failed.
type recorder struct {
	http.ResponseWriter
	status int
	cut    bool
}

func (a *recorder) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *recorder) Write(data []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController reach what is underneath.
func (a *recorder) Unwrap() http.ResponseWriter {
	return a.ResponseWriter
}

func (a *recorder) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

func (a *recorder) fail() {
	if a.status == 0 {
		tell(a, http.StatusInternalServerError, "Something went wrong here; the log tells it by the request id.")
		return
	}
	a.status, a.cut = http.StatusInternalServerError, true
}

// counting follows how many connections are open.
func counting(m *metrics) func(net.Conn, http.ConnState) {
	open := m.connections.WithLabelValues(serviceName)
	return func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Inc()
		case http.StateClosed, http.StateHijacked:
			open.Dec()
		}
	}
}
