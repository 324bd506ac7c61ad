package main

import (
	"context"
	"io"
	"log/slog"
	"math"
	"time"
)

type requestIDKey struct{}

func withRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// requestID is empty outside of requests.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// lines writes one JSON object a line, with the keys that DataFlux's logs have.
type lines struct {
	slog.Handler
}

func newLogger(out io.Writer, level slog.Level) *slog.Logger {
	handler := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: renamed})
	return slog.New(lines{handler.WithAttrs([]slog.Attr{slog.String("service", serviceName)})})
}

func (l lines) Handle(ctx context.Context, record slog.Record) error {
	record.AddAttrs(slog.String("request_id", requestID(ctx)))
	return l.Handler.Handle(ctx, record)
}

func renamed(_ []string, attr slog.Attr) slog.Attr {
	switch attr.Key {
	case slog.TimeKey:
		return slog.String("timestamp", attr.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z"))
	case slog.MessageKey:
		attr.Key = "message"
	}
	return attr
}

func durationMS(d time.Duration) slog.Attr {
	return slog.Float64("duration_ms", math.Round(float64(d.Microseconds())/100)/10)
}
