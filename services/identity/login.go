package identity

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/ocop-market/ocop/pkg/fault"
)

const (
	maxEmail = 254 // RFC 5321, 4.5.3.1.3
	maxName  = 200
)

// login is a name by which a person signs in, in its one stored form: an e-mail address in lower
// case or a phone number in E.164.
type login struct {
	email, phone string
}

// readLogin reads what a person typed into the login field. What is neither an address nor a
// number is false: nobody has such a login.
func readLogin(text string) (login, bool) {
	if strings.Contains(text, "@") {
		email, err := normaliseEmail(text)
		return login{email: email}, err == nil
	}
	phone, err := normalisePhone(text)
	return login{phone: phone}, err == nil
}

// String is the stored form.
func (l login) String() string { return l.email + l.phone }

// normaliseEmail trims and lowers an address: nobody has two mailboxes that differ in case alone.
// It fails with ErrEmail.
func normaliseEmail(text string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(text))
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || parsed.Name != "" || len(email) > maxEmail || !isASCII(email) {
		return "", ErrEmail.With()
	}
	if _, domain, _ := strings.Cut(email, "@"); !strings.Contains(domain, ".") || strings.ContainsAny(email, "\"[]") {
		return "", ErrEmail.With()
	}
	return email, nil
}

func isASCII(text string) bool {
	for _, r := range text {
		if r >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

//nolint:gochecknoglobals // compiled once, never written to
var (
	phoneDecoration = strings.NewReplacer(" ", "", ".", "", "-", "", "(", "", ")", "", "\u00a0", "")
	// A Vietnamese number has nine or ten digits behind the trunk 0 or the country code 84.
	vietnamesePhone    = regexp.MustCompile(`^(?:\+?84|0)([2-9][0-9]{8,9})$`)
	internationalPhone = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)
	taxCode            = regexp.MustCompile(`^(?:[0-9]{10}|[0-9]{12}|[0-9]{10}-[0-9]{3})$`)
)

// normalisePhone brings a number into E.164: "0912 345 678", "+84912345678" and "84912345678" are
// one. It fails with ErrPhone.
func normalisePhone(text string) (string, error) {
	digits := phoneDecoration.Replace(strings.TrimSpace(text))
	if rest, ok := strings.CutPrefix(digits, "00"); ok {
		digits = "+" + rest
	}
	if match := vietnamesePhone.FindStringSubmatch(digits); match != nil {
		return "+84" + match[1], nil
	}
	if internationalPhone.MatchString(digits) && !strings.HasPrefix(digits, "+84") {
		return digits, nil
	}
	return "", ErrPhone.With()
}

// readLogins reads the two logins of a person at their fields; at least one is needed.
func readLogins(complaints *fault.Collector, email, phone string) (login, error) {
	var logins login
	if email == "" && phone == "" {
		complaints.Add("email", ErrLoginMissing)
		return logins, nil
	}
	if email != "" {
		normal, err := normaliseEmail(email)
		if err := complaints.Merge("email", err); err != nil {
			return logins, err
		}
		logins.email = normal
	}
	if phone != "" {
		normal, err := normalisePhone(phone)
		if err := complaints.Merge("phone", err); err != nil {
			return logins, err
		}
		logins.phone = normal
	}
	return logins, nil
}

// checkName notes a name that is empty or too long.
func checkName(complaints *fault.Collector, pointer, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		complaints.Add(pointer, fault.ErrRequired)
	case utf8.RuneCountInString(name) > maxName:
		complaints.Add(pointer, fault.ErrTooLong, "max", maxName)
	}
}
