package web

import (
	"github.com/prometheus/client_golang/prometheus"
)

// metrics is what the edge counts. Labels are bounded: routes are patterns and codes are ours.
type metrics struct {
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	refusals *prometheus.CounterVec
}

func newMetrics(registry *prometheus.Registry) *metrics {
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	made := &metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_request_duration_seconds",
			Help:    "How long requests took, by route pattern, method and class of status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight",
			Help: "Requests being served now.",
		}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_refusals_total",
			Help: "Refused requests by the code of the refusal.",
		}, []string{"code"}),
	}
	registry.MustRegister(made.duration, made.inFlight, made.refusals)
	return made
}
