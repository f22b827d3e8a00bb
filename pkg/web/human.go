package web

import (
	"context"
	"net/http"
	"net/url"

	"golang.org/x/text/unicode/norm"

	"github.com/ocop-market/ocop/pkg/fault"
)

// Refuse words an error for a page, in the language of the request: it sets the headers that belong to the
// refusal and notes it for metrics and the log. The caller shows what it returns, with its status. Outside a
// request there is nobody to word it for, and it is worded in Vietnamese.
func Refuse(ctx context.Context, err error) *Problem {
	if x := exchangeOf(ctx); x != nil {
		return x.refuse(err)
	}
	return (&exchange{spoken: Vietnamese}).problem(refusalOf(err), "query")
}

// Speak settles the language of the request, whatever its Accept-Language says: pages have a switch. It must
// come before anything is worded, and changes nothing afterwards or where there is no such language.
func Speak(ctx context.Context, language string) {
	x := exchangeOf(ctx)
	if x == nil || language != Vietnamese && language != English {
		return
	}
	x.speaking.Do(func() { x.spoken = language })
}

// Typed cleans what somebody typed into a form or an address, in place: it is put into normal form, as the
// bodies of operations are. Refused with a complaint at each place: fault.ErrTooLong for more than so many bytes,
// ErrForbiddenCharacter.
func Typed(values url.Values, most int) error {
	var found fault.Collector
	for name, list := range values {
		for i, value := range list {
			list[i] = norm.NFC.String(value)
			switch {
			case len(value) > most:
				found.Add(cut(name), fault.ErrTooLong, "max", most)
			case !plain(value), !plain(name):
				found.Add(cut(name), ErrForbiddenCharacter)
			}
		}
	}
	if err := found.Err(); err != nil {
		return sorted(err)
	}
	return nil
}

// SameOrigin refuses with ErrCrossOrigin an unsafe request that a browser sends for another site, by what the
// browser says in Sec-Fetch-Site or Origin. Programs say neither and pass: no site can make them ask.
func SameOrigin(r *http.Request) error {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return ErrCrossOrigin.With().Because(err)
	}
	return nil
}
