// The query-service as an example: what a Go service of DataFlux measures, and how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	host := flag.String("host", or("HOST", "127.0.0.1"), "address to listen on ($HOST)")
	port := flag.String("port", or("PORT", "8002"), "port ($PORT)")
	level := flag.String("log-level", or("LOG_LEVEL", "INFO"), "least level that is logged: DEBUG, INFO, WARN or ERROR ($LOG_LEVEL)")
	faults := flag.Bool("faults", os.Getenv("FAULTS") == "1", "with GET /fault?seconds=1, which fails, for drills ($FAULTS=1)")
	probe := flag.Bool("probe", false, "ask the running service whether it is well, and end")
	flag.Parse()
	if *probe {
		os.Exit(probed(*port))
	}
	var least slog.Level
	if err := least.UnmarshalText([]byte(*level)); err != nil {
		fmt.Fprintf(os.Stderr, "log level %q is unknown: use DEBUG, INFO, WARN or ERROR\n", *level)
		os.Exit(2)
	}
	ctx, done := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer done()
	log := newLogger(os.Stdout, least)
	if err := serve(ctx, net.JoinHostPort(*host, *port), *faults, log); err != nil {
		log.Error("Cannot serve: " + err.Error())
		os.Exit(1)
	}
}

func or(variable, otherwise string) string {
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return otherwise
}

// serve answers until ctx ends; requests under way are finished.
func serve(ctx context.Context, address string, faults bool, log *slog.Logger) error {
	m := newMetrics()
	server := &http.Server{
		Addr:              address,
		Handler:           newService(m, log).handler(faults),
		ConnState:         counting(m),
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	log.Info(fmt.Sprintf("Version %s listens on %s", version, address))
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patience, enough := context.WithTimeout(context.Background(), 10*time.Second)
	defer enough()
	if err := server.Shutdown(patience); err != nil {
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	log.Info("Stopped")
	return nil
}

func probed(port string) int {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://" + net.JoinHostPort("127.0.0.1", port) + "/healthz")
	if err != nil {
		return 1
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}
