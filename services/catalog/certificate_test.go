package catalog_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

func ocop(product catalog.Product, stars int, issuer, issuedOn string) catalog.NewCertificate {
	return catalog.NewCertificate{
		Scheme: "OCOP", Number: "DEMO-OCOP-1", Issuer: issuer, IssuedOn: date(issuedOn), Stars: stars,
		Scope: catalog.Scope{ProductIDs: ids(product.ID)},
	}
}

func TestOCOPIssuers(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	for _, c := range []struct {
		name, issuer, issuedOn string
		stars                  int
		want                   *fault.Definition
		pointer                string
	}{
		{"province, 4 stars", "UBND tỉnh Cà Mau", "2025-08-01", 4, nil, ""},
		{"province by its level", "province", "2025-08-01", 3, nil, ""},
		{"ministry, 5 stars", "Bộ Nông nghiệp và Môi trường", "2025-08-02", 5, nil, ""},
		{"district, 3 stars, its last day", "UBND huyện Thới Bình", "2025-07-05", 3, nil, ""},
		{"district, 3 stars, a day late", "UBND huyện Thới Bình", "2025-07-06", 3, catalog.ErrIssuer, "issuer_kind"},
		{"district, 3 stars, its first day", "UBND huyện Năm Căn", "2023-02-24", 3, nil, ""},
		{"district, 4 stars", "UBND huyện Thới Bình", "2024-07-05", 4, catalog.ErrIssuer, "issuer_kind"},
		{"province, 5 stars", "UBND tỉnh Cà Mau", "2025-08-01", 5, catalog.ErrIssuer, "issuer_kind"},
		{"ministry, 4 stars", "Bộ Nông nghiệp và Môi trường", "2025-08-01", 4, catalog.ErrIssuer, "issuer_kind"},
		{"2 stars", "UBND tỉnh Cà Mau", "2025-08-01", 2, catalog.ErrStars, "stars"},
		{"6 stars", "UBND tỉnh Cà Mau", "2025-08-01", 6, catalog.ErrStars, "stars"},
		{"an issuer of no level", "Demo", "2025-08-01", 3, catalog.ErrIssuerKind, "issuer_kind"},
	} {
		_, err := m.service.SubmitCertificate(t.Context(), m.ann, withNumber(ocop(product, c.stars, c.issuer, c.issuedOn), c.name))
		if c.want == nil {
			require.NoError(t, err, c.name)
			continue
		}
		refused(t, err, c.want, c.pointer, c.name)
	}
	_, err := m.service.SubmitCertificate(t.Context(), m.collector, catalog.NewCertificate{
		Scheme: "OCOP", Number: "1", Issuer: "province", IssuedOn: date("2025-08-01"), Stars: 3,
	})
	refused(t, err, catalog.ErrNotOCOPSubject, "scheme", "a collector")
}

func withNumber(c catalog.NewCertificate, number string) catalog.NewCertificate {
	c.Number = number
	return c
}

func TestCertificateRules(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	foreign := m.publish(m.ben, riceST25())
	good := ocop(product, 4, "province", "2025-08-31")
	for _, c := range []struct {
		name    string
		change  func(*catalog.NewCertificate)
		pointer string
		want    *fault.Definition
	}{
		{"no number", func(c *catalog.NewCertificate) { c.Number = " " }, "number", fault.ErrRequired},
		{"issued tomorrow", func(c *catalog.NewCertificate) { c.IssuedOn = date("2026-12-02") }, "issued_on", catalog.ErrIssuedInFuture},
		{"OCOP beyond 36 months", func(c *catalog.NewCertificate) { c.ValidUntil = date("2028-09-01") }, "valid_until", catalog.ErrValidity},
		{"ends before it begins", func(c *catalog.NewCertificate) { c.ValidUntil = date("2025-08-30") }, "valid_until", fault.ErrDateOrder},
		{"no such scheme", func(c *catalog.NewCertificate) { c.Scheme = "MADE_UP" }, "scheme", fault.ErrUnknownValue},
		{"a scope the scheme has not", func(c *catalog.NewCertificate) { c.Scope.Kind = "facility" }, "scope.kind", catalog.ErrScopeKind},
		{"OCOP without a product", func(c *catalog.NewCertificate) { c.Scope.ProductIDs = nil }, "scope.product_ids", catalog.ErrScopeProducts},
		{"somebody else's product", func(c *catalog.NewCertificate) { c.Scope.ProductIDs = ids(foreign.ID) }, "scope.product_ids", catalog.ErrForeignProduct},
		{"stars of another scheme", func(c *catalog.NewCertificate) { *c = asc("ASC_FARM", "1"); c.Stars = 3 }, "stars", catalog.ErrStarsOfOther},
		{"a line that does not fit", func(c *catalog.NewCertificate) { *c = asc("ASC_FARM", "1"); c.Scope.Lines = []string{"rice"} }, "scope.lines[0]", catalog.ErrScopeLines},
		{"a collective mark for nothing", func(c *catalog.NewCertificate) {
			*c = catalog.NewCertificate{Scheme: "COLLECTIVE_MARK", Number: "1", Issuer: "Demo", IssuedOn: date("2025-01-01")}
		}, "scope.product_ids", catalog.ErrScopeProducts},
	} {
		certificate := good
		c.change(&certificate)
		_, err := m.service.SubmitCertificate(t.Context(), m.ann, certificate)
		refused(t, err, c.want, c.pointer, c.name)
	}
	m.now.set(time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC))
	leap := ocop(product, 3, "district", "2024-02-29")
	made, err := m.service.SubmitCertificate(t.Context(), m.ann, leap)
	require.NoError(t, err)
	require.Equal(t, date("2027-02-28"), made.ValidUntil, "29 Feb 2024 + 36 months")
	_, err = m.service.SubmitCertificate(t.Context(), m.ann, withNumber(leap, "demo-ocop-1"))
	require.ErrorIs(t, err, catalog.ErrCertificateExists, "the same number in lower case")
}

func TestCertificateLife(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	type decide = func(id uuid.UUID) error
	moves := map[string]decide{
		"verify": func(id uuid.UUID) error { _, err := m.service.Verify(t.Context(), m.caMau, id, nil); return err },
		"reject": func(id uuid.UUID) error {
			_, err := m.service.Reject(t.Context(), m.caMau, id, nil, "Demo")
			return err
		},
		"revoke": func(id uuid.UUID) error {
			_, err := m.service.Revoke(t.Context(), m.caMau, id, nil, "Demo")
			return err
		},
	}
	paths := map[string][]string{"submitted": {}, "verified": {"verify"}, "rejected": {"reject"}, "revoked": {"verify", "revoke"}}
	allowed := map[string][]string{"submitted": {"verify", "reject"}, "verified": {"revoke"}}
	for from, path := range paths {
		for name, move := range moves {
			made, err := m.service.SubmitCertificate(t.Context(), m.ann, asc("ASC_FARM", from+name))
			require.NoError(t, err)
			for _, step := range path {
				require.NoError(t, moves[step](made.ID))
			}
			if err := move(made.ID); slices.Contains(allowed[from], name) {
				require.NoError(t, err, "%s a %s certificate", name, from)
			} else {
				require.ErrorIs(t, err, catalog.ErrCertificateState, "%s a %s certificate", name, from)
			}
		}
	}
	made, err := m.service.SubmitCertificate(t.Context(), m.ann, asc("ASC_FARM", "who"))
	require.NoError(t, err)
	for _, who := range []identity.Principal{m.ann, m.buyer, m.hoChiMinh} {
		_, err := m.service.Verify(t.Context(), who, made.ID, nil)
		require.ErrorIs(t, err, fault.ErrForbidden)
	}
	_, err = m.service.Certificate(t.Context(), m.ben, made.ID)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.service.Certificate(t.Context(), m.hoChiMinh, made.ID)
	require.ErrorIs(t, err, fault.ErrForbidden)
	_, err = m.service.Reject(t.Context(), m.caMau, made.ID, nil, "")
	refused(t, err, fault.ErrRequired, "reason", "a rejection without a reason")
	_, err = m.service.Reject(t.Context(), m.caMau, made.ID, nil, "Số chưa đúng")
	require.NoError(t, err)
	_, err = m.service.SubmitCertificate(t.Context(), m.ann, asc("ASC_FARM", "who"))
	require.NoError(t, err, "after a rejection the number may be sent again")
}

// marks reads a product's marks by both ways that show them and wants them to agree.
func (m *market) marks(product catalog.Product, on string) []string {
	m.Helper()
	byDay, err := catalog.MarksTx(m.Context(), m.db, ids(product.ID), date(on))
	require.NoError(m, err)
	m.now.set(date(on).In(time.UTC).Add(5 * time.Hour))
	shown, err := m.service.Product(m.Context(), m.ann, product.ID)
	require.NoError(m, err)
	onPage := map[string]bool{}
	for _, mark := range shown.Certificates {
		onPage[mark.Scheme] = true
	}
	require.Len(m, onPage, len(byDay[product.ID]))
	for _, scheme := range byDay[product.ID] {
		require.True(m, onPage[scheme], scheme)
		found, err := m.service.Search(m.Context(), identity.Principal{}, catalog.Query{Schemes: []string{scheme}, Limit: 100})
		require.NoError(m, err)
		require.Contains(m, named(found), product.ID, "found by %s", scheme)
	}
	m.now.set(noon)
	return byDay[product.ID]
}

func named(found catalog.Found) []uuid.UUID {
	var list []uuid.UUID
	for _, product := range found.Products {
		list = append(list, product.ID)
	}
	return list
}

func TestMarks(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	live, packed := m.publish(m.ann, shrimp()), m.publish(m.ann, packedShrimp())
	other := m.publish(m.ann, riceST25())
	require.Empty(t, m.marks(live, "2026-12-01"))

	farm, err := m.service.SubmitCertificate(t.Context(), m.ann, asc("ASC_FARM", "F"))
	require.NoError(t, err)
	require.Empty(t, m.marks(live, "2026-12-01"), "submitted is not verified")
	_, err = m.service.Verify(t.Context(), m.caMau, farm.ID, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"ASC_FARM"}, m.marks(live, "2026-12-01"))
	require.Empty(t, m.marks(packed, "2026-12-01"), "a packed product needs the chain of custody too")
	require.Empty(t, m.marks(other, "2026-12-01"), "rice is no shrimp")

	chain := asc("ASC_COC", "C")
	chain.IssuedOn, chain.ValidUntil = date("2026-01-01"), date("2027-01-31")
	custody := m.certify(m.ann, chain)
	require.Equal(t, []string{"ASC_COC", "ASC_FARM"}, m.marks(packed, "2026-12-01"))
	require.Equal(t, []string{"ASC_COC", "ASC_FARM"}, m.marks(packed, "2027-01-31"), "its last day")
	require.Empty(t, m.marks(packed, "2027-02-01"), "the chain of custody has lapsed")
	require.Equal(t, []string{"ASC_FARM"}, m.marks(live, "2027-02-01"), "live goods need none")
	require.Equal(t, []string{"ASC_FARM"}, m.marks(live, "2028-06-01"), "36 months, the last day included")
	require.Empty(t, m.marks(live, "2028-06-02"))
	require.Empty(t, m.marks(live, "2025-05-31"), "before it was issued")

	_, err = m.service.Revoke(t.Context(), m.caMau, custody.ID, nil, "Demo")
	require.NoError(t, err)
	require.Empty(t, m.marks(packed, "2026-12-01"))

	named := catalog.NewCertificate{
		Scheme: "VIETGAP", Number: "V", Issuer: "Demo", IssuedOn: date("2026-01-01"), Scope: catalog.Scope{ProductIDs: ids(packed.ID)},
	}
	m.certify(m.ann, named)
	require.Equal(t, []string{"VIETGAP"}, m.marks(packed, "2026-12-01"))
	require.Equal(t, []string{"ASC_FARM"}, m.marks(live, "2026-12-01"), "a certificate that names products covers no other")

	m.certify(m.ann, ocop(live, 4, "province", "2025-08-01"))
	shown, err := m.service.Product(t.Context(), m.buyer, live.ID)
	require.NoError(t, err)
	require.Equal(t, &catalog.Rating{Stars: 4, ValidUntil: date("2028-08-01")}, shown.OCOP)
	for stars, want := range map[int]int{3: 1, 4: 1, 5: 0} {
		found, err := m.service.Search(t.Context(), m.buyer, catalog.Query{StarsMin: stars})
		require.NoError(t, err)
		require.Len(t, found.Products, want, "at least %d stars", stars)
	}
}

func TestCertificateList(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	soon := asc("ASC_FARM", "S")
	soon.ValidUntil = date("2026-12-20")
	m.certify(m.ann, soon)
	m.certify(m.ann, asc("ASC_COC", "L"))
	_, err := m.service.SubmitCertificate(t.Context(), m.ben, catalog.NewCertificate{
		Scheme: "VIETGAP", Number: "B", Issuer: "Demo", IssuedOn: date("2026-01-01"),
	})
	require.NoError(t, err)
	count := func(who identity.Principal, filter catalog.CertificateFilter) int {
		filter.Limit = 10
		list, err := m.service.Certificates(t.Context(), who, filter)
		require.NoError(t, err)
		total, err := m.service.CountCertificates(t.Context(), who, filter)
		require.NoError(t, err)
		require.Equal(t, len(list), total)
		return total
	}
	require.Equal(t, 2, count(m.ann, catalog.CertificateFilter{}))
	require.Equal(t, 3, count(m.caMau, catalog.CertificateFilter{}))
	require.Equal(t, 1, count(m.caMau, catalog.CertificateFilter{State: catalog.Submitted}))
	require.Equal(t, 1, count(m.caMau, catalog.CertificateFilter{State: catalog.Expiring}))
	require.Equal(t, 1, count(m.caMau, catalog.CertificateFilter{ExpiringWithin: new(30)}))
	require.Equal(t, 0, count(m.caMau, catalog.CertificateFilter{ExpiringWithin: new(18)}))
	require.Equal(t, 1, count(m.caMau, catalog.CertificateFilter{ExpiringWithin: new(19)}))
	require.Equal(t, 1, count(m.caMau, catalog.CertificateFilter{Producer: m.ben.OrganisationID}))
	require.Equal(t, 0, count(m.ann, catalog.CertificateFilter{Producer: m.ben.OrganisationID}))
	for _, who := range []identity.Principal{m.buyer, m.hoChiMinh} {
		_, err := m.service.Certificates(t.Context(), who, catalog.CertificateFilter{Limit: 10})
		require.ErrorIs(t, err, fault.ErrForbidden)
	}
}
