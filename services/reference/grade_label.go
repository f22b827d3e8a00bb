package reference

import (
	"fmt"
	"strings"
)

// GradeLabel writes a grade in a few words, in the order of the line's fields: "20–30 con/kg",
// "gạch, ≥ 400 g, dây nylon", "ST25". Fields that the grade lacks or the line no longer has are
// left out.
func (l Line) GradeLabel(grade Grade, language string) string {
	var parts []string
	for _, field := range l.Fields {
		if part := field.label(grade, language); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// ReportedGrade writes those fields of a grade by which volumes of the line are told apart, bare, as
// people say them: "20-30", "gạch", "ST25". Empty where the grade has none of them.
func (l Line) ReportedGrade(grade Grade) string {
	var parts []string
	for _, field := range l.Fields {
		if field.Reported {
			if part := field.bare(grade); part != "" {
				parts = append(parts, part)
			}
		}
	}
	return strings.Join(parts, ", ")
}

// bare is the label without the field's words; both ends of a range stand at its lower one.
func (f GradeField) bare(grade Grade) string {
	value, ok := grade[f.Code]
	if stem, isMax := strings.CutSuffix(f.Code, "_max"); isMax {
		if _, joined := grade[stem+"_min"]; joined || !ok {
			return ""
		}
		return "≤ " + f.show(value, "vi")
	}
	if !ok {
		return ""
	}
	shown := f.show(value, "vi")
	if stem, isMin := strings.CutSuffix(f.Code, "_min"); isMin {
		switch most, bounded := grade[stem+"_max"]; {
		case !bounded:
			return "≥ " + shown
		case most != value:
			return shown + "-" + f.show(most, "vi")
		}
	}
	return shown
}

func (f GradeField) label(grade Grade, language string) string {
	value, ok := grade[f.Code]
	if stem, isMax := strings.CutSuffix(f.Code, "_max"); isMax {
		if _, joined := grade[stem+"_min"]; joined || !ok {
			return "" // the lower end speaks for both
		}
		return f.dress("≤ "+f.show(value, language), language)
	}
	if !ok {
		return ""
	}
	shown := f.show(value, language)
	if stem, isMin := strings.CutSuffix(f.Code, "_min"); isMin {
		switch most, bounded := grade[stem+"_max"]; {
		case !bounded:
			shown = "≥ " + shown
		case most != value:
			shown += "–" + f.show(most, language)
		}
	}
	return f.dress(shown, language)
}

// show writes a value: a choice by its name, a decimal with the language's decimal mark.
func (f GradeField) show(value any, language string) string {
	text := fmt.Sprint(value)
	switch f.Type {
	case FieldChoice:
		for _, choice := range f.Choices {
			if choice.Code == text {
				return choice.In(language)
			}
		}
	case FieldDecimal:
		if language != English {
			return strings.Replace(text, ".", ",", 1)
		}
	}
	return text
}

// dress puts the field's words around a value: "mạ băng 10%", "túi 5 kg".
func (f GradeField) dress(shown, language string) string {
	suffix := pick(language, f.Suffix, f.SuffixEN)
	if suffix != "" && !strings.HasPrefix(suffix, "%") {
		suffix = " " + suffix
	}
	return strings.TrimSpace(pick(language, f.Prefix, f.PrefixEN) + " " + shown + suffix)
}
