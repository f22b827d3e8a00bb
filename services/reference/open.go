package reference

import (
	"context"
	"errors"
	"fmt"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// ErrEmpty says that the reference tables have no rows: the facts were not loaded yet.
var ErrEmpty = errors.New("the reference tables are empty; run ocop migrate")

// Open reads all facts once. It fails when the database does, and with ErrEmpty before the facts
// were loaded. A program that runs keeps the facts it opened until it starts again.
func Open(ctx context.Context, from postgres.Reader) (*Book, error) {
	book := &Book{}
	for _, read := range []func(context.Context, postgres.Reader) error{
		book.readPlaces, book.readGoods, book.readLines, book.readSchemes, book.readTrade, book.readSeasons,
		book.readSupply, book.readClaims,
	} {
		if err := read(ctx, from); err != nil {
			return nil, fmt.Errorf("reading the reference facts: %w", err)
		}
	}
	if len(book.communes) == 0 || len(book.lines) == 0 {
		return nil, ErrEmpty
	}
	book.index()
	return book, nil
}

// queries lists every statement of this file for the test that prepares them.
func queries() []string {
	return []string{
		selectProvinces, selectCommunes, selectFormerDistricts, selectGroups, selectUnits, selectLines,
		selectSynonyms, selectForms, selectFields, selectChoices, selectSchemes, selectScopes, selectIssuers,
		selectTerms, selectStarBands, selectClaimRules, selectClaimNeeds, selectScopeKinds, selectDecisionReasons,
		selectSystems, selectBrands, selectPrices, selectSeasons, selectMonths,
		selectTides, selectSourceRules,
	}
}

const selectProvinces = `SELECT code, name_vi, name_en FROM reference.provinces ORDER BY code`

const selectCommunes = `SELECT code, province, kind, name_vi, name_en FROM reference.communes ORDER BY code`

const selectFormerDistricts = `
SELECT c.commune AS owner, d.code, d.name_vi, d.name_en, d.former_province, d.valid_until
FROM reference.commune_former_districts c
JOIN reference.former_districts d ON d.code = c.former_district
ORDER BY c.commune, d.code`

func (b *Book) readPlaces(ctx context.Context, from postgres.Reader) error {
	var districts []struct {
		FormerDistrict

		Owner string `db:"owner"`
	}
	if err := errors.Join(
		from.Select(ctx, &b.provinces, selectProvinces),
		from.Select(ctx, &b.communes, selectCommunes),
		from.Select(ctx, &districts, selectFormerDistricts),
	); err != nil {
		return err
	}
	of := make(map[string][]FormerDistrict)
	for _, d := range districts {
		of[d.Owner] = append(of[d.Owner], d.FormerDistrict)
	}
	for i := range b.communes {
		b.communes[i].FormerDistricts = of[b.communes[i].Code]
	}
	return nil
}

const selectGroups = `SELECT code, name_vi, name_en FROM reference.ocop_groups ORDER BY position`

const selectUnits = `SELECT code, name_vi, name_en, measure, weighed FROM reference.units ORDER BY position`

func (b *Book) readGoods(ctx context.Context, from postgres.Reader) error {
	return errors.Join(
		from.Select(ctx, &b.groups, selectGroups),
		from.Select(ctx, &b.units, selectUnits),
	)
}

// belonging is one text that belongs to a thing, such as a synonym to a line.
type belonging struct {
	Owner string `db:"owner"`
	Text  string `db:"text"`
}

// readTexts returns the texts of each owner in the order of the query.
func readTexts(ctx context.Context, from postgres.Reader, query string) (map[string][]string, error) {
	var rows []belonging
	if err := from.Select(ctx, &rows, query); err != nil {
		return nil, err
	}
	texts := make(map[string][]string)
	for _, r := range rows {
		texts[r.Owner] = append(texts[r.Owner], r.Text)
	}
	return texts, nil
}

// orEmpty makes a missing list an empty one, which JSON writes as [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
