package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// claim returns what a product is told of one mark.
func (m *market) claim(who identity.Principal, product catalog.Product, scheme string, on civil.Date) catalog.Claim {
	m.Helper()
	claims, err := m.service.Claims(m.Context(), who, product.ID, on)
	require.NoError(m, err)
	for _, claim := range claims {
		if claim.Scheme == scheme {
			return claim
		}
	}
	require.Fail(m, "not asked about", scheme)
	return catalog.Claim{}
}

// What a product lacks to carry a mark is said in words, with what to do about it.
func TestWhatAProductLacks(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	packed := m.publish(m.ann, packedShrimp())
	ask := func() catalog.Claim { return m.claim(m.ann, packed, "ASC_FARM", civil.Date{}) }
	none := ask()
	require.False(t, none.Carried)
	require.Len(t, none.Missing, 2, "the farm and the chain of custody")
	require.Equal(t, "Nộp chứng nhận ASC chuỗi hành trình (ASC_COC) còn hạn cho cơ sở chế biến, đóng gói.", none.Missing[1].Text)
	require.Equal(t, "Submit a valid certificate of ASC Chain of Custody (ASC_COC) for the plant that processes or packs.", none.Missing[1].TextEN)

	farm := asc("ASC_FARM", "ASC 7")
	farm.IssuedOn, farm.ValidUntil = date("2026-01-01"), date("2027-06-30")
	waiting, err := m.service.SubmitCertificate(t.Context(), m.ann, farm)
	require.NoError(t, err)
	lack := ask().Missing[0]
	require.Equal(t, catalog.LackNotVerified, lack.Code)
	require.Equal(t, waiting.ID, lack.CertificateID)
	require.Contains(t, lack.Text, "ASC 7 đang chờ")
	_, err = m.service.Verify(t.Context(), m.caMau, waiting.ID, nil)
	require.NoError(t, err)
	half := ask()
	require.Len(t, half.Missing, 1)
	require.Equal(t, "ASC 7", half.Certificates[0].Number)
	require.Zero(t, half.Until, "nothing is carried")

	lapsed := asc("ASC_COC", "ASC-C-1")
	lapsed.ValidUntil = date("2026-10-31")
	m.certify(m.ann, lapsed)
	lack = ask().Missing[0]
	require.Equal(t, catalog.LackExpired, lack.Code)
	require.Contains(t, lack.Text, "hết hạn ngày 2026-10-31. Nộp chứng nhận")
	custody := asc("ASC_COC", "ASC-C-2")
	custody.IssuedOn, custody.ValidUntil = date("2026-11-01"), date("2027-03-31")
	held := m.certify(m.ann, custody)
	whole := ask()
	require.True(t, whole.Carried)
	require.Empty(t, whole.Missing)
	require.Len(t, whole.Certificates, 2)
	require.Equal(t, date("2027-03-31"), whole.Until, "the sooner of the two ends")
	require.Equal(t, catalog.LackExpired, m.claim(m.ann, packed, "ASC_FARM", date("2027-04-01")).Missing[0].Code, "on the day of a delivery")
	_, err = m.service.Revoke(t.Context(), m.caMau, held.ID, nil, "Demo")
	require.NoError(t, err)
	require.Equal(t, catalog.LackExpired, ask().Missing[0].Code, "of the expired and the revoked one the first is nearer")

	live := m.publish(m.ann, shrimp())
	require.True(t, m.claim(m.ann, live, "ASC_FARM", civil.Date{}).Carried, "as it leaves the pond")
	claims, err := m.service.Claims(t.Context(), m.caMau, live.ID, civil.Date{})
	require.NoError(t, err)
	for _, claim := range claims {
		require.NotContains(t, []string{"GI_CRAB_CAMAU", "GI_SALT_BACLIEU"}, claim.Scheme, "schemes for other goods are not asked about")
	}
	_, err = m.service.Claims(t.Context(), m.ben, live.ID, civil.Date{})
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = m.service.Claims(t.Context(), m.buyer, live.ID, civil.Date{})
	require.ErrorIs(t, err, fault.ErrForbidden)
}

func TestLacksOfGroupsAndOthers(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	passedOn, rice := m.publish(m.collector, shrimp()), m.publish(m.ben, riceST25())
	m.certify(m.ann, group("G", catalog.Member{ProducerID: m.collector.OrganisationID}))
	lack := m.claim(m.collector, passedOn, "ASC_FARM", civil.Date{}).Missing[0]
	require.Equal(t, catalog.LackNotInherited, lack.Code)
	require.Contains(t, lack.Text, "không được thừa hưởng")
	require.Equal(t, catalog.LackNoSubject, m.claim(m.collector, passedOn, "OCOP", civil.Date{}).Missing[0].Code)

	other := m.publish(m.ben, riceST25())
	m.certify(m.ben, ocop(other, 4, "province", "2025-08-01"))
	lack = m.claim(m.ben, rice, "OCOP", civil.Date{}).Missing[0]
	require.Equal(t, catalog.LackNotCovering, lack.Code)
	require.Contains(t, lack.Text, "nêu đúng sản phẩm này")
	green := m.claim(m.ben, rice, "GREEN_TICK", civil.Date{})
	require.Equal(t, catalog.LackNone, green.Missing[0].Code)
	m.certify(m.ben, catalog.NewCertificate{
		Scheme: "GREEN_TICK", Number: "GT-1", Issuer: "Demo", IssuedOn: date("2026-06-01"),
		Scopes: []catalog.Scope{{Kind: "product", System: "aeon", ProductIDs: ids(rice.ID)}},
	})
	require.True(t, m.claim(m.ben, rice, "GREEN_TICK", civil.Date{}).Carried)
	require.False(t, m.claim(m.ben, other, "GREEN_TICK", civil.Date{}).Carried, "per product")
}

// Points, where they are stated, earn just the stars that are claimed.
func TestPointsAgreeWithStars(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	for _, c := range []struct {
		points string
		stars  int
		issuer string
		agrees bool
	}{
		{"50", 3, "province", true},
		{"69.999", 3, "province", true},
		{"70", 3, "province", false},
		{"70", 4, "province", true},
		{"89.999", 4, "province", true},
		{"90", 4, "province", false},
		{"90", 5, "ministry", true},
		{"100", 5, "ministry", true},
		{"49.999", 3, "province", false},
		{"100.001", 5, "ministry", false},
	} {
		points, err := quantity.Parse(c.points)
		require.NoError(t, err)
		certificate := withNumber(ocop(product, c.stars, c.issuer, "2025-08-01"), c.points+c.issuer)
		certificate.Points = points
		made, err := m.service.SubmitCertificate(t.Context(), m.ann, certificate)
		if !c.agrees {
			refused(t, err, catalog.ErrPoints, "points", c.points)
			continue
		}
		require.NoError(t, err, c.points)
		require.Equal(t, points, made.Points)
	}
}

// How numbers look is remarked on and never refused; so is a validity longer than the scheme's.
func TestRemarksRefuseNothing(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for _, c := range []struct {
		scheme, number, until string
		want                  []string
	}{
		{"ASC_FARM", "ASC 01234", "2026-12-31", []string{}},
		{"ASC_FARM", "1234", "2026-12-31", []string{"number_format"}},
		{"ASC_COC", "ASC-C-01234", "2026-12-31", []string{}},
		{"GLOBALGAP", "4052852987554", "2026-12-31", []string{}},
		{"GLOBALGAP", "4052852987555", "2026-12-31", []string{"number_format"}},
		{"BAP", "P12345", "2027-06-02", []string{"longer_than_scheme"}},
		{"HALAL", "whatever", "2026-12-31", []string{}},
	} {
		certificate := asc(c.scheme, c.number)
		certificate.IssuedOn, certificate.ValidUntil = date("2026-06-01"), date(c.until)
		if certificate.Scope.Kind = "farm_area"; c.scheme == "ASC_COC" || c.scheme == "HALAL" {
			certificate.Scope.Kind = "facility"
		}
		made, err := m.service.SubmitCertificate(t.Context(), m.ann, certificate)
		require.NoError(t, err, c.number)
		require.Equal(t, c.want, codes(made.Notes), c.number)
	}
	long := catalog.NewCertificate{Scheme: "VIETGAP", Number: "V", Issuer: "Demo", IssuedOn: date("2026-06-01"), ValidUntil: date("2028-06-02")}
	_, err := m.service.SubmitCertificate(t.Context(), m.ann, long)
	refused(t, err, catalog.ErrValidity, "valid_until", "VietGAP: at most 24 months")
}
