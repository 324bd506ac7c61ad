package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// fresh is a service of its own, asked without a network, and what it logs.
func fresh(t *testing.T) (http.Handler, *metrics, *bytes.Buffer) {
	t.Helper()
	m, said := newMetrics(), &bytes.Buffer{}
	return newService(m, newLogger(said, slog.LevelInfo)).handler(true), m, said
}

func ask(handler http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}

func requests(m *metrics, endpoint, status string) float64 {
	return testutil.ToFloat64(m.requests.WithLabelValues(serviceName, endpoint, status))
}

func logged(t *testing.T, said *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for decoder := json.NewDecoder(said); ; {
		line := map[string]any{}
		if err := decoder.Decode(&line); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
}

func TestARequestIsCountedUnderItsRoute(t *testing.T) {
	handler, m, _ := fresh(t)
	for _, path := range []string{"/assets/asset-1", "/assets/none", "/assets/other", "/search?q=boats", "/search", "/x", "/y"} {
		ask(handler, "GET", path, "")
	}
	for _, expected := range []struct {
		endpoint, status string
		count            float64
	}{
		{"/assets/{id}", "200", 1}, {"/assets/{id}", "404", 2},
		{"/search", "200", 1}, {"/search", "400", 1}, {"unknown", "404", 2},
	} {
		if got := requests(m, expected.endpoint, expected.status); got != expected.count {
			t.Errorf("%s %s: %g requests, not %g", expected.endpoint, expected.status, got, expected.count)
		}
	}
	if got := testutil.CollectAndCount(m.duration); got != 3 {
		t.Errorf("durations of %d endpoints, not 3", got)
	}
}

func TestAPanicIsA500(t *testing.T) {
	handler, m, said := fresh(t)
	answer := ask(handler, "GET", "/fault", "", "X-Request-ID", "req-1")
	if answer.Code != 500 || requests(m, "/fault", "500") != 1 {
		t.Errorf("answered with %d, counted %g times", answer.Code, requests(m, "/fault", "500"))
	}
	for _, line := range logged(t, said) {
		if line["level"] != "ERROR" || line["request_id"] != "req-1" || line["service"] != serviceName {
			t.Errorf("said %v", line)
		}
	}
}

func TestAPanicAfterHalfAnAnswerClosesTheConnection(t *testing.T) {
	m := newMetrics()
	half := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		panic("no more")
	})
	server := httptest.NewServer(measured(half, m, newLogger(io.Discard, slog.LevelInfo)))
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err == nil {
		_, err = io.ReadAll(answer.Body)
		_ = answer.Body.Close()
	}
	if err == nil {
		t.Error("the caller took half an answer for a whole one")
	}
	if got := requests(m, unknownEndpoint, "500"); got != 1 {
		t.Errorf("counted %g times as 500", got)
	}
}

func TestTheRequestIDIsTakenOverOnlyWhereItIsHarmless(t *testing.T) {
	handler, _, _ := fresh(t)
	for given, kept := range map[string]bool{
		"req-1": true, "A.b_c-9": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a\"b": false, "ü": false,
	} {
		got := ask(handler, "GET", "/healthz", "", "X-Request-ID", given).Header().Get("X-Request-ID")
		if (got == given) != kept || got == "" {
			t.Errorf("%q became %q", given, got)
		}
	}
}

func TestSearchAndCache(t *testing.T) {
	handler, m, _ := fresh(t)
	lookups := func(result string) float64 {
		return testutil.ToFloat64(m.cacheLookups.WithLabelValues(serviceName, cacheName, result))
	}
	first := ask(handler, "GET", "/search?q=harbour&modality=image", "").Body.String()
	if second := ask(handler, "GET", "/search?q=Harbour&modality=image", "").Body.String(); second != first {
		t.Errorf("%s became %s", first, second)
	}
	if lookups("hit") != 1 || lookups("miss") != 1 {
		t.Errorf("%g hits, %g misses", lookups("hit"), lookups("miss"))
	}
	added := ask(handler, "POST", "/assets", `{"asset_id": "new", "modality": "image", "text": "harbour"}`)
	if added.Code != 201 {
		t.Error(added.Body)
	}
	if third := ask(handler, "GET", "/search?q=harbour&modality=image", "").Body.String(); !strings.Contains(third, "new") {
		t.Errorf("what was added is not found: %s", third)
	}
	ask(handler, "GET", "/search?q=nothing&modality=video", "")
	if got := testutil.ToFloat64(m.emptySearches.WithLabelValues(serviceName, "video")); got != 1 {
		t.Errorf("%g empty searches", got)
	}
}

func TestWhatIsNoAssetIsRefused(t *testing.T) {
	handler, _, _ := fresh(t)
	for _, body := range []string{"", "{", `{"asset_id": "a b", "modality": "text"}`, `{"asset_id": "a", "modality": "smell"}`} {
		if answer := ask(handler, "POST", "/assets", body); answer.Code != 400 {
			t.Errorf("%q was answered with %d", body, answer.Code)
		}
	}
}

func TestAnAssetThatIsPutAgainLosesItsOldWords(t *testing.T) {
	x := newIndex(newMetrics(), asset{"a", "text", "old words"})
	x.put(asset{"a", "text", "new words"})
	if len(x.find("old", "text")) != 0 || len(x.find("new", "text")) != 1 {
		t.Error("the index still has the old words, or not the new ones")
	}
}

func TestTheCacheForgetsWhatWasNotAskedForLongest(t *testing.T) {
	c := newCache(2)
	c.put("a", nil)
	c.put("b", nil)
	c.get("a")
	c.put("c", nil)
	for key, kept := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, ok := c.get(key); ok != kept {
			t.Errorf("%s: %t", key, ok)
		}
	}
}

func TestTheMetricsAreWellMade(t *testing.T) {
	handler, m, _ := fresh(t)
	ask(handler, "GET", "/search?q=boats", "")
	var gatherer prometheus.Gatherer = m.registry
	problems, err := testutil.GatherAndLint(gatherer)
	if err != nil || len(problems) > 0 {
		t.Error(err, problems)
	}
}
