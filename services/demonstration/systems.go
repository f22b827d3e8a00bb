package demonstration

import (
	"context"

	"github.com/ocop-market/ocop/pkg/postgres"
)

// addSystems adds the retail systems that do not exist to the reference facts, behind the real
// ones. Facts are written as the owner; the service's role may only read them.
func addSystems(ctx context.Context, owner *postgres.DB) error {
	type system struct {
		Code   string `json:"code"`
		NameVI string `json:"name_vi"`
		NameEN string `json:"name_en"`
		Kind   string `json:"kind"`
	}
	var systems []system
	err := read("fictional_systems", func(r row) {
		systems = append(systems, system{Code: r.text("code"), NameVI: r.text("name_vi"), NameEN: r.text("name_en"), Kind: r.text("kind")})
	})
	if err != nil {
		return err
	}
	const insert = `
		INSERT INTO reference.buyer_systems (code, name_vi, name_en, kind, position)
		SELECT code, name_vi, name_en, kind, 1000 + row_number() OVER (ORDER BY code)
		  FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS given (code text, name_vi text, name_en text, kind text)
		    ON CONFLICT (code) DO NOTHING`
	_, err = owner.Exec(ctx, insert, postgres.JSON[[]system]{V: systems})
	return err
}
