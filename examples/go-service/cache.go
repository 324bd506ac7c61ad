package main

import (
	"container/list"
	"sync"
)

// cache keeps what was asked for last; the entry that was not asked for longest goes first.
type cache struct {
	mutex   sync.Mutex
	limit   int
	order   *list.List // the newest in front
	entries map[string]*list.Element
}

type entry struct {
	key   string
	found []asset
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), entries: map[string]*list.Element{}}
}

func (c *cache) get(key string) ([]asset, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(element)
	return element.Value.(entry).found, true
}

func (c *cache) put(key string, found []asset) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if element, ok := c.entries[key]; ok {
		element.Value = entry{key, found}
		c.order.MoveToFront(element)
		return
	}
	c.entries[key] = c.order.PushFront(entry{key, found})
	if c.order.Len() > c.limit {
		last := c.order.Back()
		c.order.Remove(last)
		delete(c.entries, last.Value.(entry).key)
	}
}

// clear forgets everything: what was found may be out of date.
func (c *cache) clear() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.order.Init()
	clear(c.entries)
}
