package reference

import "strings"

// Misses returns the fields in which goods miss the grade wanted of them, in the order of the line's
// fields: their range does not lie within the one wanted, another choice was made, or nothing is
// said where something is wanted. Whether another number that is no end of a range, or another text,
// is better or worse nobody can tell from the field: differs returns those.
func (l Line) Misses(wanted, offered Grade) (misses, differs []GradeField) {
	for _, field := range l.Fields {
		want, asked := wanted[field.Code]
		if !asked {
			continue
		}
		have, said := offered[field.Code]
		bound, measured := wanted.Decimal(field.Code)
		amount, stated := offered.Decimal(field.Code)
		number := measured && (field.Type == FieldInt || field.Type == FieldDecimal)
		switch {
		case !said:
			misses = append(misses, field)
		case number && stated && strings.HasSuffix(field.Code, "_min"):
			if amount < bound {
				misses = append(misses, field)
			}
		case number && stated && strings.HasSuffix(field.Code, "_max"):
			if amount > bound {
				misses = append(misses, field)
			}
		case number && stated && amount == bound, have == want:
		case field.Type == FieldChoice:
			misses = append(misses, field)
		default:
			differs = append(differs, field)
		}
	}
	return misses, differs
}
