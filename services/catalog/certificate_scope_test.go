package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/fault"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// group is an ASC certificate of a group of farms.
func group(number string, members ...catalog.Member) catalog.NewCertificate {
	return catalog.NewCertificate{
		Scheme: "ASC_FARM", Number: number, Issuer: "DEMO", IssuedOn: date("2025-06-01"),
		Scopes: []catalog.Scope{{
			Kind: "group", Name: "Nhóm Demo", Lines: []string{"black_tiger_shrimp"}, CeilingKg: quantity.Of(40_000), Members: members,
		}},
	}
}

// A certificate of several scopes is kept whole, and the single scope of before is its first.
func TestCertificatesHaveSeveralScopes(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, shrimp())
	wanted := catalog.NewCertificate{
		Scheme: "HALAL", Number: "H-1", Issuer: "DEMO", IssuedOn: date("2026-06-01"),
		Scopes: []catalog.Scope{
			{Kind: "facility", Name: "Xưởng Demo", Site: "Ấp 1", Commune: "32098", Lines: []string{"dried_shrimp"}, AreaHa: quantity.Of(2), Note: "Dây chuyền A"},
			{Kind: "product", ProductIDs: ids(product.ID)},
		},
	}
	made := m.certify(m.ann, wanted)
	require.Equal(t, wanted.Scopes, made.Scopes)
	require.Equal(t, made.Scopes[0], made.Scope)
	require.Equal(t, "Hợp tác xã Tôm Sú Demo A", made.Producer.Name)
	require.Equal(t, []string{"HALAL"}, m.marks(product, "2026-12-01"), "by its second scope")

	read, err := m.service.Certificate(t.Context(), m.ann, made.ID)
	require.NoError(t, err)
	require.Equal(t, made, read)
}

func TestScopeRules(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	for _, c := range []struct {
		name, pointer string
		scheme        string
		scopes        []catalog.Scope
		want          *fault.Definition
	}{
		{"a ceiling of no group", "scopes[0].ceiling_kg", "ASC_FARM", []catalog.Scope{{Kind: "farm_area", CeilingKg: 1}}, fault.ErrNotAllowedHere},
		{"members of no group", "scopes[0].members", "ASC_FARM", []catalog.Scope{{Kind: "farm_area", Members: []catalog.Member{{Name: "A"}}}}, fault.ErrNotAllowedHere},
		{"a negative ceiling", "scopes[0].ceiling_kg", "ASC_FARM", []catalog.Scope{{Kind: "group", CeilingKg: -1}}, fault.ErrOutOfRange},
		{"a member without a name", "scopes[0].members[0].name", "ASC_FARM", []catalog.Scope{{Kind: "group", Members: []catalog.Member{{}}}}, fault.ErrRequired},
		{"a member twice", "scopes[0].members[1].producer_id", "ASC_FARM", []catalog.Scope{{
			Kind: "group", Members: []catalog.Member{{ProducerID: m.ben.OrganisationID}, {ProducerID: m.ben.OrganisationID}},
		}}, catalog.ErrMemberTwice},
		{"a member that is a buyer", "scope.members", "ASC_FARM", []catalog.Scope{{Kind: "group", Members: []catalog.Member{{ProducerID: m.buyer.OrganisationID}}}}, catalog.ErrMemberUnknown},
		{"the second scope", "scopes[1].kind", "ASC_FARM", []catalog.Scope{{Kind: "farm_area"}, {Kind: "facility"}}, catalog.ErrScopeKind},
		{"no such commune", "scopes[0].commune", "ASC_FARM", []catalog.Scope{{Kind: "farm_area", Commune: "00000"}}, fault.ErrUnknownValue},
		{"a mark of a system without the system", "scopes[0].system", "GREEN_TICK", []catalog.Scope{{Kind: "product"}}, catalog.ErrScopeSystem},
		{"no such system", "scopes[0].system", "GREEN_TICK", []catalog.Scope{{Kind: "product", System: "nowhere"}}, fault.ErrUnknownValue},
		{"a system where there is none", "scopes[0].system", "ASC_FARM", []catalog.Scope{{Kind: "farm_area", System: "aeon"}}, fault.ErrNotAllowedHere},
	} {
		certificate := asc(c.scheme, c.name)
		certificate.Scope, certificate.Scopes = catalog.Scope{}, c.scopes
		_, err := m.service.SubmitCertificate(t.Context(), m.ann, certificate)
		refused(t, err, c.want, c.pointer, c.name)
	}
	both := asc("ASC_FARM", "both")
	both.Scopes = []catalog.Scope{{Kind: "farm_area"}}
	_, err := m.service.SubmitCertificate(t.Context(), m.ann, both)
	refused(t, err, fault.ErrNotAllowedHere, "scope", "scope and scopes")
}

// A group's certificate covers what its members sell on this market. Who buys from farms and sells
// on inherits nothing, and nobody inherits the chain of custody that packed goods need.
func TestMembersOfAGroupShowItsMark(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	other := m.producer("Tổ hợp tác Demo E", "cooperative_group", "32098", "approved")
	stranger := m.producer("Tổ hợp tác Demo F", "cooperative_group", "32098", "approved")
	live := func(who identity.Principal) catalog.Product { return m.publish(who, shrimp()) }
	own, member, passedOn, foreign, packed := live(m.ann), live(other), live(m.collector), live(stranger), m.publish(other, packedShrimp())
	made := m.certify(m.ann, group("G", catalog.Member{ProducerID: other.OrganisationID, AreaHa: quantity.Of(3)},
		catalog.Member{ProducerID: m.collector.OrganisationID}, catalog.Member{Name: "Hộ ông A"}))
	require.Equal(t, "Tổ hợp tác Demo E", made.Scope.Members[0].Name)
	farm := []string{"ASC_FARM"}
	require.Equal(t, farm, m.marks(own, "2026-12-01"))
	require.Equal(t, farm, m.marks(member, "2026-12-01"))
	require.Empty(t, m.marks(passedOn, "2026-12-01"), "a collector")
	require.Empty(t, m.marks(foreign, "2026-12-01"), "no member")
	require.Empty(t, m.marks(packed, "2026-12-01"), "packed, without a chain of custody of its own")
	m.certify(m.ann, asc("ASC_COC", "C"))
	require.Empty(t, m.marks(packed, "2026-12-01"), "the holder's chain of custody is not the member's")
	m.certify(other, asc("ASC_COC", "C"))
	require.Equal(t, []string{"ASC_COC", "ASC_FARM"}, m.marks(packed, "2026-12-01"))
}

// A revocation takes the mark off the goods of the members too, in copies and in search.
func TestARevokedGroupMarkIsGoneFromItsMembers(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ben, shrimp())
	made := m.certify(m.ann, group("G", catalog.Member{ProducerID: m.ben.OrganisationID}))
	server, list := m.edge(m.service), "/v1/products?scheme=ASC_FARM"
	path := "/v1/products/" + product.ID.String()
	require.NotEmpty(t, m.get(server, "", path)["certificates"])
	require.Equal(t, []string{product.ID.String()}, m.list(server, "", list))
	_, err := m.service.Revoke(t.Context(), m.caMau, made.ID, nil, "Demo")
	require.NoError(t, err)
	require.NoError(t, m.service.Follow(t.Context()))
	require.Empty(t, m.get(server, "", path)["certificates"])
	require.Empty(t, m.list(server, "buyer", list))
}
