package demonstration

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ocop-market/ocop/pkg/civil"
	"github.com/ocop-market/ocop/pkg/money"
	"github.com/ocop-market/ocop/pkg/quantity"
	"github.com/ocop-market/ocop/services/catalog"
	"github.com/ocop-market/ocop/services/identity"
	"github.com/ocop-market/ocop/services/reference"
)

// cast is everybody and everything of the demonstration, read from the files. Ids are filled in
// when the database has given them.
type cast struct {
	organisations []*organisation
	products      []*product
	certificates  []certificate
	demands       []demand
	byKey         map[string]*organisation
	productByKey  map[string]*product
}

// organisation is one that exists (key = its name) or a fictional one.
type organisation struct {
	key, kind, name, nameEN      string
	legalForm, commune, province string
	buyerKind, buyerSystem       string
	login, person                string
	fictional                    bool
	who                          identity.Principal
}

// product is what a producer sells, with its invented price and volume.
type product struct {
	key      string
	producer *organisation
	sale     catalog.NewProduct
	unit     string
	// season is the way of raising in the table of seasons: "line" stands for the line as a
	// whole, "always" for goods without a season.
	season string
	price  priceRule
	// monthly is what is on offer in a month of high season.
	monthly    quantity.Quantity
	visibility catalog.Visibility
	id         uuid.UUID
}

// live reports whether the goods are alive when they are handed over.
func (p *product) live() bool { return p.sale.Form == "live" }

// certificate is one to be submitted and verified.
type certificate struct {
	producer *organisation
	products []*product
	new      catalog.NewCertificate
	// daysAgo and daysLeft count from the day of loading, for fictional producers. When ends is
	// false the scheme says how long it lasts.
	daysAgo, daysLeft int
	ends              bool
}

// demand is what the buyers ask for of a line, month by month.
type demand struct {
	line, form        string
	high, some        int
	least, most, step int64
	// keep is how many days lie between dispatch and receipt; live goods travel in a night.
	keep int
}

// readCast reads all files.
func readCast() (*cast, error) {
	c := &cast{byKey: map[string]*organisation{}, productByKey: map[string]*product{}}
	return c, errors.Join(c.readReal(), c.readFictional(), c.readCertificates(), c.readDemand())
}

func (c *cast) join(o *organisation) *organisation {
	if known, ok := c.byKey[o.key]; ok {
		return known
	}
	c.organisations = append(c.organisations, o)
	c.byKey[o.key] = o
	return o
}

func (c *cast) sell(p *product) {
	c.products = append(c.products, p)
	c.productByKey[p.key] = p
}

// readReal reads the products of producers that exist.
func (c *cast) readReal() error {
	return read("products", func(r row) {
		producer := c.join(&organisation{
			key: r.text("producer"), kind: string(identity.Producer), name: r.text("producer"), legalForm: r.text("legal_form"),
			commune: r.text("commune_code"), province: reference.CaMau,
		})
		c.sell(&product{
			key: realKey(producer.name, r.text("name")), producer: producer, season: always,
			sale: catalog.NewProduct{
				Name: r.text("name"), Line: r.text("line"), Form: r.text("invented_form"), Grade: r.grade("invented_grade"),
				Description: describe(r), Invented: true,
			},
			price:      priceRule{fixed: r.vnd("invented_price_vnd")},
			monthly:    r.quantity("invented_monthly_quantity"),
			visibility: catalog.Buyers,
		})
	})
}

func realKey(producer, name string) string { return producer + " / " + name }

// describe says what the source says of a real product, and that the rest is invented. Ended
// certificates and doubts are left out: nothing bad is said of anybody who exists.
func describe(r row) string {
	var said []string
	year := r.text("year")
	switch stars := r.text("stars"); {
	case stars != "" && year != "":
		said = append(said, fmt.Sprintf("Nguồn báo chí nêu: sản phẩm OCOP %s sao, năm %s.", stars, year))
	case stars != "":
		said = append(said, fmt.Sprintf("Nguồn báo chí nêu: sản phẩm OCOP %s sao.", stars))
	case r.text("three_or_more") != "":
		said = append(said, fmt.Sprintf("Nguồn báo chí nêu: sản phẩm OCOP từ 3 sao, năm %s.", year))
	}
	if named := r.text("certifications"); named != "" && !strings.Contains(named, "hết hạn") {
		said = append(said, "Nguồn báo chí nêu (chưa xác minh tại đây): "+named+".")
	}
	if place := r.text("former_location"); place != "" {
		said = append(said, "Địa danh trước tháng 7/2025: "+place+".")
	}
	if source := r.text("source"); source != "" {
		said = append(said, "Nguồn: "+source)
	}
	said = append(said, Notice+": quy cách, sản lượng và giá là số liệu minh hoạ, không phải của chủ thể.")
	return strings.Join(said, "\n")
}

// readFictional reads the organisations that do not exist and what they sell.
func (c *cast) readFictional() error {
	err := read("fictional_organisations", func(r row) {
		c.join(&organisation{
			key: r.text("key"), kind: r.text("kind"), name: r.text("name"), nameEN: r.text("name_en"), legalForm: r.text("legal_form"),
			commune: r.text("commune_code"), province: r.text("province"), buyerKind: r.text("buyer_kind"),
			buyerSystem: r.text("buyer_system"), login: r.text("login"), person: r.text("person"), fictional: true,
		})
	})
	return errors.Join(err, read("fictional_products", func(r row) {
		producer, ok := c.byKey[r.text("producer")]
		if !ok {
			r.fail("producer", errors.New("unknown"))
			return
		}
		sale := catalog.NewProduct{
			Name: r.text("name"), NameEN: r.text("name_en"), Line: r.text("line"), Form: r.text("form"), Grade: r.grade("grade"),
			Unit: r.text("unit"), Invented: true,
			Description: Notice + ": sản phẩm và chủ thể đều hư cấu.",
		}
		if weight := r.quantity("unit_weight_kg"); weight > 0 {
			sale.UnitWeightKg = &weight
		}
		c.sell(&product{
			key: r.text("key"), producer: producer, sale: sale, season: r.text("season"),
			price: priceRule{
				grade: r.text("price_grade"), percent: r.number("price_percent"), fixed: r.vnd("price_vnd"), tet: r.text("tet") == "yes",
			},
			monthly: r.quantity("monthly"), visibility: catalog.Visibility(r.text("visibility")),
		})
	}))
}

// readCertificates reads both kinds: those of real producers have days of their own.
func (c *cast) readCertificates() error {
	one := func(r row, productKey func(producer, name string) string) certificate {
		found := certificate{new: catalog.NewCertificate{
			Scheme: r.text("scheme"), Stars: int(r.number("stars")), Issuer: r.text("issuer"), IssuerKind: r.text("issuer_kind"),
			Scope: catalog.Scope{Kind: r.text("scope_kind"), Lines: r.list("lines")}, Invented: true,
		}}
		var ok bool
		if found.producer, ok = c.byKey[r.text("producer")]; !ok {
			r.fail("producer", errors.New("unknown"))
			return found
		}
		for _, name := range r.list("products") {
			sold, ok := c.productByKey[productKey(found.producer.name, name)]
			if !ok {
				r.fail("products", fmt.Errorf("%q is unknown", name))
				continue
			}
			found.products = append(found.products, sold)
		}
		return found
	}
	err := read("certificates", func(r row) {
		found := one(r, realKey)
		found.new.IssuedOn = r.date("issued_on")
		c.certificates = append(c.certificates, found)
	})
	return errors.Join(err, read("fictional_certificates", func(r row) {
		found := one(r, func(_, name string) string { return name })
		found.daysAgo, found.daysLeft = int(r.number("days_ago")), int(r.number("days_left"))
		found.ends = r.text("days_left") != ""
		c.certificates = append(c.certificates, found)
	}))
}

func (c *cast) readDemand() error {
	return read("fictional_demand", func(r row) {
		c.demands = append(c.demands, demand{
			line: r.text("line"), form: r.text("form"), high: int(r.number("high")), some: int(r.number("some")),
			least: r.number("least"), most: r.number("most"), step: r.number("step"), keep: int(r.number("keep")),
		})
	})
}

// dated returns the certificate with its number and days as seen from the day of loading.
func (f certificate) dated(number int, today civil.Date) catalog.NewCertificate {
	dated := f.new
	dated.Number = fmt.Sprintf("%s%s-%04d", Prefix, strings.ReplaceAll(f.new.Scheme, "_", "-"), number)
	if f.daysAgo > 0 {
		dated.IssuedOn = today.AddDays(-f.daysAgo)
	}
	if f.ends {
		dated.ValidUntil = today.AddDays(f.daysLeft)
	}
	for _, product := range f.products {
		dated.Scope.ProductIDs = append(dated.Scope.ProductIDs, product.id)
	}
	return dated
}

// buyers lists the fictional buyers, producers likewise.
func (c *cast) fictional(kind identity.OrganisationKind) []*organisation {
	var found []*organisation
	for _, o := range c.organisations {
		if o.fictional && o.kind == string(kind) {
			found = append(found, o)
		}
	}
	return found
}

// priceRule says what goods cost.
type priceRule struct {
	// grade names a published price of the line; percent is what the goods cost of it.
	grade   string
	percent int64
	// fixed is the price where none is published.
	fixed money.VND
	// tet says that the price rises before Tết as the crab's did in 2025–2026.
	tet bool
}
