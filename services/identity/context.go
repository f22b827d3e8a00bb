package identity

import (
	"context"
	"net"
	"net/netip"
)

type (
	principalKey struct{}
	originKey    struct{}
)

// Origin is what is known of where a request came from.
type Origin struct {
	// Address is the other end of the connection; no forwarding header is believed.
	Address string
	// Trace is the request's trace id, kept with audit events.
	Trace string
}

// WithPrincipal puts the caller's authority into the context. Only the edge does so.
func WithPrincipal(ctx context.Context, who Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, who)
}

// FromContext takes the caller's authority out of the context: http.go files do so to turn it
// into an argument. Without one the caller is anonymous.
func FromContext(ctx context.Context) Principal {
	who, _ := ctx.Value(principalKey{}).(Principal)
	return who
}

// WithOrigin notes where the request came from, for limits and the audit trail.
func WithOrigin(ctx context.Context, origin Origin) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

func originOf(ctx context.Context) Origin {
	origin, _ := ctx.Value(originKey{}).(Origin)
	return origin
}

// network is what one subscriber holds of a peer's address with or without its port: an IPv4
// address, or the /64 of an IPv6 one, out of which anybody draws new addresses at will (RFC 6177).
func network(peer string) string {
	host, _, err := net.SplitHostPort(peer)
	if err != nil {
		host = peer
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if address = address.Unmap().WithZone(""); address.Is4() {
		return address.String()
	}
	return netip.PrefixFrom(address, 64).Masked().String()
}
