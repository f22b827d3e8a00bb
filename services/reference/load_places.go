package reference

// placesFacts are provinces, communes and former districts, parents before children.
func placesFacts() []table {
	return []table{
		{name: "provinces", upsert: upsertProvinces},
		{name: "communes", upsert: upsertCommunes},
		{name: "former_districts", upsert: upsertFormerDistricts},
		{name: "commune_former_districts", upsert: upsertCommuneFormerDistricts, prune: pruneCommuneFormerDistricts},
	}
}

const upsertProvinces = `
INSERT INTO reference.provinces AS t
      (code, name_vi, name_en)
SELECT code, name_vi, name_en
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en
WHERE (t.name_vi, t.name_en)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en)`

const upsertCommunes = `
INSERT INTO reference.communes AS t
      (code, province, kind, name_vi, name_en)
SELECT code, province, kind, name_vi, name_en
FROM jsonb_to_recordset($1) AS given
      (code text, province text, kind text, name_vi text, name_en text)
ON CONFLICT (code) DO UPDATE SET
       province = excluded.province, kind = excluded.kind, name_vi = excluded.name_vi,
       name_en = excluded.name_en
WHERE (t.province, t.kind, t.name_vi, t.name_en)
      IS DISTINCT FROM (excluded.province, excluded.kind, excluded.name_vi, excluded.name_en)`

const upsertFormerDistricts = `
INSERT INTO reference.former_districts AS t
      (code, name_vi, name_en, former_province, valid_until)
SELECT code, name_vi, name_en, former_province, valid_until
FROM jsonb_to_recordset($1) AS given
      (code text, name_vi text, name_en text, former_province text, valid_until date)
ON CONFLICT (code) DO UPDATE SET
       name_vi = excluded.name_vi, name_en = excluded.name_en, former_province = excluded.former_province,
       valid_until = excluded.valid_until
WHERE (t.name_vi, t.name_en, t.former_province, t.valid_until)
      IS DISTINCT FROM (excluded.name_vi, excluded.name_en, excluded.former_province, excluded.valid_until)`

const upsertCommuneFormerDistricts = `
INSERT INTO reference.commune_former_districts AS t
      (commune, former_district)
SELECT commune, former_district
FROM jsonb_to_recordset($1) AS given
      (commune text, former_district text)
ON CONFLICT (commune, former_district) DO NOTHING`

const pruneCommuneFormerDistricts = `
DELETE FROM reference.commune_former_districts AS t
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_to_recordset($1) AS given (commune text, former_district text)
    WHERE given.commune = t.commune AND given.former_district = t.former_district)`
