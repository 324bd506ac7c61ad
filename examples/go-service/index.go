package main

import (
	"sort"
	"strings"
	"sync"
	"time"
	"unicode"
)

type asset struct {
	ID       string `json:"asset_id"`
	Modality string `json:"modality"`
	Text     string `json:"text"`
}

// index finds assets by the words that describe them. It stands where DataFlux has PostgreSQL, so its calls are
// measured like queries.
type index struct {
	mutex   sync.RWMutex
	assets  map[string]asset
	byWord  map[string]map[string]bool // word → ids
	metrics *metrics
}

func newIndex(m *metrics, assets ...asset) *index {
	x := &index{assets: map[string]asset{}, byWord: map[string]map[string]bool{}, metrics: m}
	for _, a := range assets {
		x.add(a)
	}
	return x
}

func (x *index) timed(query string) func() {
	started := time.Now()
	return func() { x.metrics.queryTime.WithLabelValues(serviceName, query).Observe(time.Since(started).Seconds()) }
}

func (x *index) put(a asset) {
	defer x.timed("put_asset")()
	x.add(a)
}

func (x *index) add(a asset) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	for _, word := range words(x.assets[a.ID].Text) {
		delete(x.byWord[word], a.ID)
		if len(x.byWord[word]) == 0 {
			delete(x.byWord, word)
		}
	}
	x.assets[a.ID] = a
	for _, word := range words(a.Text) {
		if x.byWord[word] == nil {
			x.byWord[word] = map[string]bool{}
		}
		x.byWord[word][a.ID] = true
	}
}

func (x *index) get(id string) (asset, bool) {
	defer x.timed("get_asset")()
	x.mutex.RLock()
	defer x.mutex.RUnlock()
	a, ok := x.assets[id]
	return a, ok
}

// find gives the assets of a modality that share words with the question, those that share most first.
func (x *index) find(question, modality string) []asset {
	defer x.timed("find_assets")()
	x.mutex.RLock()
	defer x.mutex.RUnlock()
	shared := map[string]int{}
	for _, word := range words(question) {
		for id := range x.byWord[word] {
			if x.assets[id].Modality == modality {
				shared[id]++
			}
		}
	}
	found := make([]asset, 0, len(shared))
	for id := range shared {
		found = append(found, x.assets[id])
	}
	sort.Slice(found, func(i, j int) bool {
		if shared[found[i].ID] != shared[found[j].ID] {
			return shared[found[i].ID] > shared[found[j].ID]
		}
		return found[i].ID < found[j].ID
	})
	return found
}

// words are the distinct words of a text, in small letters.
func words(text string) []string {
	seen, distinct := map[string]bool{}, []string{}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if !seen[word] {
			seen[word] = true
			distinct = append(distinct, word)
		}
	}
	return distinct
}

// samples are there from the start, so that there is something to find.
var samples = []asset{
	{"asset-1", "video", "A harbour at sunrise, with fishing boats"},
	{"asset-2", "video", "Interview about fishing in the north"},
	{"asset-3", "image", "Harbour with boats, seen from above"},
	{"asset-4", "image", "A lighthouse in a storm"},
	{"asset-5", "audio", "Waves and gulls in a harbour"},
	{"asset-6", "audio", "Podcast about lighthouses"},
	{"asset-7", "text", "History of the harbour and its lighthouse"},
	{"asset-8", "text", "Rules for fishing boats"},
}
