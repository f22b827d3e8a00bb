package demonstration

import (
	"context"
	"fmt"
	"time"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// stock plans products and certificates. Products of real producers come in over the year, so that
// the newest are not all of one minute.
func (l *loader) stock(founded time.Time) {
	opened := founded.AddDate(0, 0, 1)
	entered := 0
	for n, p := range l.products {
		at := opened.Add(time.Duration(n) * time.Minute)
		if !p.producer.fictional {
			entered++
			at = at.AddDate(0, 0, 3*entered)
		}
		l.add(at, "publishing "+p.key, func(ctx context.Context) error { return l.publish(ctx, p) })
	}
	for n, found := range l.certificates {
		dated := found.dated(n+1, reference.Day(l.now)) // ids of products are added when they are known
		at := dated.IssuedOn.AddDays(2).In(reference.Zone()).Add(10 * time.Hour)
		if earliest := opened.AddDate(0, 0, 2); at.Before(earliest) {
			at = earliest
		}
		for _, p := range found.products {
			if !p.producer.fictional {
				at = laterOf(at, opened.AddDate(0, 0, 3*entered+1)) // all real products are there by then
			}
		}
		if !found.producer.fictional && l.ended(dated) {
			continue // nothing has lapsed of anybody who exists
		}
		l.add(at, "certificate "+dated.Number, func(ctx context.Context) error { return l.certify(ctx, found, n+1) })
	}
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ended reports whether a certificate will not be valid any more on the day of loading.
func (l *loader) ended(c catalog.NewCertificate) bool {
	scheme, _ := l.book.Scheme(c.Scheme)
	until := c.ValidUntil
	if until.IsZero() && scheme.ValidityMonths > 0 {
		until = c.IssuedOn.AddMonths(scheme.ValidityMonths)
	}
	return until != civil.Date{} && until.Before(reference.Day(l.now))
}

func (l *loader) publish(ctx context.Context, p *product) error {
	created, err := l.goods.CreateProduct(ctx, p.producer.who, p.sale)
	if err != nil {
		return err
	}
	p.id, p.unit = created.ID, created.Unit
	_, err = l.goods.Publish(ctx, p.producer.who, p.id)
	return err
}

// certify submits a certificate and has it verified: by the fictional department for fictional
// holders, by the platform for real ones.
func (l *loader) certify(ctx context.Context, found certificate, number int) error {
	submitted, err := l.goods.SubmitCertificate(ctx, found.producer.who, found.dated(number, reference.Day(l.now)))
	if err != nil {
		return err
	}
	official := identity.SystemPrincipal()
	if found.producer.fictional {
		official = l.byKey["ca-mau"].who
	}
	_, err = l.goods.Verify(ctx, official, submitted.ID, nil)
	return err
}

// open plans a supply.
func (l *loader) open(planned *plannedOffer) {
	l.add(planned.openAt, "offering "+planned.product.key, func(ctx context.Context) error {
		offer := planned.new
		offer.ProductID, offer.Unit = planned.product.id, planned.product.unit
		opened, err := l.goods.OpenOffer(ctx, planned.product.producer.who, offer)
		if err != nil {
			return fmt.Errorf("%s %s: %w", offer.AvailableFrom, offer.Quantity, err)
		}
		planned.id = opened.ID
		return nil
	})
}

// real lists the organisations that exist.
func (c *cast) real() []*organisation {
	var found []*organisation
	for _, o := range c.organisations {
		if !o.fictional {
			found = append(found, o)
		}
	}
	return found
}
