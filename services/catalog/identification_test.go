package catalog_test

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
)

// A number for goods of ann's, with Vietnam's prefix, and its form of fourteen digits.
const (
	annGTIN = "8934563138165"
	annLink = "/01/08934563138165"
)

// packed is rice in bags, with a number.
func packed(gtin string) catalog.NewProduct {
	product := riceST25()
	product.Unit, product.UnitWeightKg, product.GTIN = "pack", new(weight("5")), gtin
	return product
}

// identifying is a server that knows where it is reached.
func (m *market) identifying() http.Handler {
	return m.edge(catalog.NewService(m.db, m.redis, m.book, catalog.Options{
		Clock: m.now.now, PublicURL: "https://ocop.example", ProductPage: "https://ocop.example/san-pham/{id}?lo={lot}",
	}))
}

func TestADigitalLinkAnswersMachinesAndPeople(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, packed(annGTIN))
	m.certify(m.ann, ocop(product, 4, "province", "2026-01-10"))
	server := m.identifying()

	for _, address := range []string{annLink, "/01/8934563138165", annLink + "?17=271231&3103=005000"} {
		answer := m.send(server, "", http.MethodGet, address, "", "Accept", "application/ld+json")
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		require.Equal(t, "application/ld+json", answer.Header().Get("Content-Type"))
		require.Contains(t, answer.Header().Values("Vary"), "Accept")
		require.Equal(t, "no-cache", answer.Header().Get("Cache-Control"))
		require.Contains(t, answer.Header().Get("Link"), `<https://ocop.example/01/08934563138165>; rel="linkset"`)
		told := decode(t, answer)
		require.Equal(t, "https://id.gs1.org/01/08934563138165", told["@id"])
		require.Equal(t, "08934563138165", told["gtin"])
		require.Equal(t, []any{"Product", "gs1:Product"}, told["@type"])
		require.Equal(t, "https://ocop.example/san-pham/"+product.ID.String()+"?lo=", told["url"])
		mark := told["gs1:certification"].([]any)[0].(map[string]any)
		require.Equal(t, "gs1:CertificationDetails", mark["@type"])
		require.Equal(t, "★★★★", mark["gs1:certificationValue"])
		require.Equal(t, map[string]any{"@value": "2029-01-10", "@type": "xsd:date"}, mark["gs1:certificationEndDate"])
		require.Equal(t, m.ann.OrganisationID.String(), strings.TrimPrefix(told["manufacturer"].(map[string]any)["@id"].(string), "https://ocop.example/v1/producers/"))
		require.NotContains(t, answer.Body.String(), "price", "supply is nobody's business here")
	}
	require.Equal(t, "application/json", m.send(server, "", http.MethodGet, annLink, "", "Accept", "application/json").Header().Get("Content-Type"))
	require.Equal(t, "application/ld+json", m.send(server, "", http.MethodGet, annLink, "", "Accept", "*/*").Header().Get("Content-Type"))

	browser := m.send(server, "", http.MethodGet, annLink, "", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	require.Equal(t, http.StatusTemporaryRedirect, browser.Code)
	require.Equal(t, "https://ocop.example/san-pham/"+product.ID.String()+"?lo=", browser.Header().Get("Location"))
	require.Contains(t, browser.Header().Values("Vary"), "Accept")

	head := m.send(server, "", http.MethodHead, annLink, "")
	require.Equal(t, http.StatusOK, head.Code)
	require.Empty(t, head.Body.String())
	tag := head.Header().Get("ETag")
	require.Equal(t, http.StatusNotModified, m.send(server, "", http.MethodGet, annLink, "", "If-None-Match", tag).Code)
	require.Equal(t, http.StatusNotAcceptable, m.send(server, "", http.MethodGet, annLink, "", "Accept", "image/png").Code)
}

func TestTypesOfLinks(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, packed(annGTIN))
	server := m.identifying()
	page := "https://ocop.example/san-pham/" + product.ID.String() + "?lo=L%2F1"
	for kind, want := range map[string]string{
		"gs1:pip": page, "https://ref.gs1.org/voc/pip": page, "gs1:defaultLink": page,
		"gs1:masterData": "https://ocop.example/01/08934563138165/10/L%2F1", "gs1:traceability": "https://ocop.example/v1/producers/" + m.ann.OrganisationID.String(),
	} {
		sent := m.send(server, "", http.MethodGet, annLink+"/10/L%2F1?linkType="+kind, "", "Accept", "application/json")
		require.Equal(t, http.StatusTemporaryRedirect, sent.Code, kind)
		require.Equal(t, want, sent.Header().Get("Location"), kind)
	}
	for _, ask := range [][2]string{{"?linkType=all", "*/*"}, {"?linkType=linkset", "*/*"}, {"", "application/linkset+json"}} {
		answer := m.send(server, "", http.MethodGet, annLink+ask[0], "", "Accept", ask[1])
		require.Equal(t, http.StatusOK, answer.Code)
		require.Equal(t, "application/linkset+json", answer.Header().Get("Content-Type"))
		set := decode(t, answer)["linkset"].([]any)[0].(map[string]any)
		require.Equal(t, "https://ocop.example/01/08934563138165", set["anchor"])
		require.Equal(t, "https://ocop.example/san-pham/"+product.ID.String()+"?lo=", set["https://ref.gs1.org/voc/defaultLink"].([]any)[0].(map[string]any)["href"])
		for name, targets := range set {
			if strings.HasPrefix(name, "https://") {
				require.NotEmpty(t, targets.([]any)[0].(map[string]any)["href"], name)
			}
		}
	}
	unknown := m.send(server, "", http.MethodGet, annLink+"?linkType=gs1:recipeInfo", "")
	require.Equal(t, http.StatusNotFound, unknown.Code)
	require.Equal(t, "link_type_unknown", decode(t, unknown)["code"])
}

func TestLotsAreReadAsTheyWereSent(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.publish(m.ann, packed(annGTIN))
	server := m.identifying()
	for path, lot := range map[string]string{"L1": "L1", "A%2FB": "A/B", "A+B%2FC": "A+B/C", "a%3fb": "a?b", "100%25": "100%"} {
		answer := m.send(server, "", http.MethodGet, annLink+"/10/"+path, "")
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		require.Equal(t, lot, decode(t, answer)["gs1:hasBatchLotNumber"], path)
	}
	for path, code := range map[string]string{
		annLink + "/10/l%C3%B4": "lot_code", annLink + "/10/%20": "lot_code", annLink + "/10/" + strings.Repeat("9", 21): "lot_code",
		"/01/8934563138166": "gtin_invalid", "/01/abc": "gtin_invalid", annLink + "?17=99": "digital_link_fact", annLink + "?3103=1": "digital_link_fact",
		"/01/6291041500213": "gtin_unknown", "/01/6291041500213/10/L": "gtin_unknown", "/01/2000000000121": "gtin_unknown",
	} {
		answer := m.send(server, "", http.MethodGet, path, "")
		require.Equal(t, code, decode(t, answer)["code"], path)
	}
}

// A lot that was declared is told with its dates; where it comes from stays its producer's secret.
func TestADeclaredLotIsTold(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, packed(annGTIN))
	server := m.identifying()
	before := m.get(server, "", annLink+"/10/L1")
	require.NotContains(t, before, "productionDate")
	lot, err := m.service.DeclareLot(m.Context(), m.ann, product.ID, catalog.NewLot{
		Code: "L1", HarvestedOn: date("2026-11-28"), PackedOn: date("2026-11-30"), Note: "riêng",
		Sources: []catalog.NewSource{{Name: "Nông hộ riêng (hư cấu)", Quantity: quantity.Of(5)}},
	})
	require.NoError(t, err)
	answer := m.send(m.identifying(), "", http.MethodGet, annLink+"/10/L1", "")
	told := decode(t, answer)
	require.Equal(t, "2026-11-28", told["productionDate"].(map[string]any)["@value"])
	require.Equal(t, "2026-11-30", told["gs1:packagingDate"].(map[string]any)["@value"])
	require.Equal(t, "https://ocop.example/v1/lots/"+lot.ID.String(), told["gs1:traceability"].([]any)[0].(map[string]any)["@id"])
	require.NotContains(t, answer.Body.String(), "riêng")
	require.Equal(t, "https://ocop.example/v1/lots/"+lot.ID.String(),
		m.send(server, "", http.MethodGet, annLink+"/10/L1?linkType=gs1:traceability", "").Header().Get("Location"))
	require.NotContains(t, m.get(server, "", annLink+"/10/L2"), "productionDate")
}

// What a number leads to follows the product's life, and is nothing before it is published.
func TestANumberLeadsToWhatIsPublished(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	server := m.identifying()
	draft, err := m.service.CreateProduct(m.Context(), m.ann, packed(annGTIN))
	require.NoError(t, err)
	require.Empty(t, draft.DigitalLink)
	status := func() int { return m.send(server, "ann", http.MethodGet, annLink, "").Code }
	require.Equal(t, http.StatusNotFound, status())
	published, err := m.service.Publish(m.Context(), m.ann, draft.ID)
	require.NoError(t, err)
	require.Equal(t, annLink, published.DigitalLink)
	require.Equal(t, http.StatusOK, status())
	_, err = m.service.Withdraw(m.Context(), m.ann, draft.ID)
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, status())
}

// A GTIN has one owner: the second product with it is not published, whatever form it has.
func TestOneProductAnswersForAGTIN(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	first := m.publish(m.ann, packed(annGTIN))
	second, err := m.service.CreateProduct(m.Context(), m.ben, packed("0"+annGTIN))
	require.NoError(t, err, "a draft may say what it likes")
	_, err = m.service.Publish(m.Context(), m.ben, second.ID)
	require.ErrorIs(t, err, catalog.ErrGTINClaimed)
	other := m.publish(m.ben, packed("6291041500213"))
	require.Equal(t, "gtin_not_vietnamese", other.Warnings[0].Code)
	_, err = m.service.ChangeProduct(m.Context(), m.ben, other.ID, nil, gtinChange(t, annGTIN))
	require.ErrorIs(t, err, catalog.ErrGTINClaimed)
	_, err = m.service.Suspend(m.Context(), m.caMau, first.ID, nil, "mã của người khác")
	require.NoError(t, err)
	_, err = m.service.Publish(m.Context(), m.ben, second.ID)
	require.NoError(t, err, "an official decided")

	// Numbers of a shop are nobody's: several may be published, and none answers.
	for _, who := range []identity.Principal{m.ann, m.ben} {
		product := m.publish(who, packed("2000000000121"))
		require.Empty(t, product.DigitalLink)
		require.Equal(t, "gtin_restricted", product.Warnings[0].Code)
	}
}

// Products that shared a number before the rule came are shown on, and one of them answers.
func TestOldConflictsAreKept(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	first := m.publish(m.ann, packed(annGTIN))
	second := m.publish(m.ben, packed(""))
	const share = `UPDATE catalog.products SET gtin = $2, gtin_shared = true WHERE id = $1`
	_, err := m.lent.Owner.Exec(m.Context(), share, second.ID, annGTIN)
	require.NoError(t, err)
	found := m.get(m.identifying(), "", annLink)
	require.Equal(t, m.ann.OrganisationID, first.Producer.ID)
	require.Contains(t, found["manufacturer"].(map[string]any)["@id"], m.ann.OrganisationID.String())
	shown, err := m.service.Product(m.Context(), m.ben, second.ID)
	require.NoError(t, err)
	require.Equal(t, catalog.Published, shown.State)
	require.Equal(t, "gtin_shared", shown.Warnings[0].Code)
	require.Empty(t, shown.DigitalLink)
	_, err = m.service.ChangeProduct(m.Context(), m.ben, second.ID, nil, gtinChange(t, ""))
	require.NoError(t, err)
}

func gtinChange(t *testing.T, gtin string) catalog.ProductChange {
	t.Helper()
	var change catalog.ProductChange
	change.GTIN.Set, change.GTIN.Value, change.GTIN.Null = true, gtin, gtin == ""
	return change
}

func TestWhoIsWarnedOfANumber(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	loose, bags := m.publish(m.ann, riceST25()), m.publish(m.ann, packed(""))
	require.Empty(t, loose.Warnings, "goods that are weighed may have none")
	require.Equal(t, "gtin_missing", bags.Warnings[0].Code)
	for who, warned := range map[*identity.Principal]bool{&m.ann: true, &m.caMau: true, &m.ben: false, &m.buyer: false, {}: false} {
		product, err := m.service.Product(m.Context(), *who, bags.ID)
		require.NoError(t, err)
		require.Equal(t, warned, len(product.Warnings) > 0)
	}
	require.Empty(t, m.publish(m.ann, packed(annGTIN)).Warnings)
}

func TestDrawings(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	product := m.publish(m.ann, packed(annGTIN))
	loose := m.publish(m.ann, riceST25())
	server := m.identifying()
	path := "/v1/products/" + product.ID.String()
	drawn := m.send(server, "", http.MethodGet, path+"/qr.png?size=300&lot=L1", "", "Accept", "image/avif,image/*,*/*;q=0.8")
	require.Equal(t, http.StatusOK, drawn.Code, drawn.Body)
	require.Equal(t, "image/png", drawn.Header().Get("Content-Type"))
	require.Equal(t, "public, max-age=86400", drawn.Header().Get("Cache-Control"))
	require.Equal(t, "nosniff", drawn.Header().Get("X-Content-Type-Options"))
	picture, err := png.Decode(bytes.NewReader(drawn.Body.Bytes()))
	require.NoError(t, err)
	require.Equal(t, 300, picture.Bounds().Dx())
	require.Equal(t, http.StatusNotModified, m.send(server, "", http.MethodGet, path+"/qr.png?size=300&lot=L1", "", "If-None-Match", drawn.Header().Get("ETag")).Code)
	require.NotEqual(t, drawn.Header().Get("ETag"), m.send(server, "", http.MethodGet, path+"/qr.png?size=300", "").Header().Get("ETag"))
	vector := m.send(server, "", http.MethodGet, path+"/qr.svg?lot=A/B", "")
	require.Contains(t, vector.Body.String(), "<title>https://ocop.example/01/08934563138165/10/A%2FB</title>")
	require.Contains(t, m.send(server, "", http.MethodGet, path+"/barcode.svg", "").Body.String(), annGTIN)
	require.Equal(t, "image/png", m.send(server, "", http.MethodGet, path+"/barcode.png", "").Header().Get("Content-Type"))
	elsewhere := m.send(m.edge(m.service), "", http.MethodGet, path+"/qr.svg", "")
	require.Contains(t, elsewhere.Body.String(), "<title>https://id.gs1.org/01/08934563138165</title>", "GS1 resolves what nobody said where to find")

	for address, code := range map[string]string{
		"/v1/products/" + loose.ID.String() + "/qr.png": "gtin_missing", path + "/qr.png?size=39": "out_of_range", path + "/qr.png?size=2001": "out_of_range",
		path + "/qr.png?lot=l%C3%B4": "lot_code", path + "/barcode.png?size=100": "out_of_range", "/v1/products/x/qr.png": "not_found",
	} {
		require.Equal(t, code, decode(t, m.send(server, "", http.MethodGet, address, ""))["code"], address)
	}
	pallet := m.publish(m.ann, packed("10614141000415"))
	require.Equal(t, "gtin_without_bars", decode(t, m.send(server, "", http.MethodGet, "/v1/products/"+pallet.ID.String()+"/barcode.png", ""))["code"])
	restricted := m.publish(m.ben, packed("2000000000121"))
	require.Equal(t, "gtin_restricted", decode(t, m.send(server, "", http.MethodGet, "/v1/products/"+restricted.ID.String()+"/qr.png", ""))["code"])
	draft, err := m.service.CreateProduct(m.Context(), m.ann, packed("96385074"))
	require.NoError(t, err)
	hidden := "/v1/products/" + draft.ID.String() + "/qr.png"
	require.Equal(t, http.StatusNotFound, m.send(server, "ben", http.MethodGet, hidden, "").Code)
	require.Equal(t, "private, no-cache", m.send(server, "ann", http.MethodGet, hidden, "").Header().Get("Cache-Control"))
}

// An address costs two statements, and none while the page is fresh.
func TestWhatAnAddressCosts(t *testing.T) {
	t.Parallel()
	m := openMarket(t)
	m.publish(m.ann, packed(annGTIN))
	server := m.identifying()
	m.send(server, "", http.MethodGet, annLink+"/10/warm", "") // learns who the database is
	for _, cost := range []int{2, 0} {
		m.statements.reset()
		require.Equal(t, http.StatusOK, m.send(server, "", http.MethodGet, annLink, "").Code)
		require.Equal(t, cost, m.statements.count())
	}
	var told map[string]any
	require.NoError(t, json.Unmarshal(m.send(server, "", http.MethodGet, annLink, "").Body.Bytes(), &told))
}

func weight(text string) quantity.Quantity {
	amount, _ := quantity.Parse(text)
	return amount
}
