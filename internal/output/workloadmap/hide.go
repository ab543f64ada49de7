package workloadmap

import (
	"regexp"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// mask stands for a secret.
const mask = "•••"

// longest is how many characters of a value are shown.
const longest = 100

// hides reports whether the value of a variable or flag is not to be shown at all.
func hides(name, value string) bool {
	return secretName(name) || safe(value) == mask
}

// secretName reports whether what has this name may be a secret. It errs on the side of hiding: a rule must not take a
// PARTITION_KEY for a secret, and here nothing is lost by it.
func secretName(name string) bool { return check.IsSecretName(name) || perhapsSecret.MatchString(name) }

var perhapsSecret = regexp.MustCompile(`(?i)(^|[_.-])(auth|authorization|pass|pin|keys?|salt|seed|licen[cs]e|cookie|jwt|signature)$|webhook`)

// looksRandom reports whether a value may be a key or a token, whatever its name: long, without white space and dots, and of
// digits and letters of both cases, or of hexadecimal digits; or half of a key for AWS.
func looksRandom(value string) bool {
	if hexKey.MatchString(value) || keyID.MatchString(value) {
		return true
	}
	return token.MatchString(value) && strings.ContainsAny(value, "0123456789") &&
		strings.ToLower(value) != value && strings.ToUpper(value) != value
}

var (
	keyID  = regexp.MustCompile(`^A(KIA|SIA)[A-Z0-9]{16}$`) // of AWS
	hexKey = regexp.MustCompile(`^[0-9a-fA-F]{32,}$`)
	token  = regexp.MustCompile(`^[A-Za-z0-9+/_=-]{20,}$`)
)

// safe returns a text on one line without the passwords of URLs and DSNs, and without the values of what is named like
// a secret: "postgres://app:•••@db/shop", "host=db password=•••".
func safe(text string) string {
	const searched = 16 << 10 // bytes; to look for a password in each of thousands of longer ones takes too long
	if len(text) > searched || check.HoldsPrivateKey(text) || looksRandom(text) {
		return mask
	}
	userinfo := userinfoOfDSN
	if strings.Contains(text, "://") {
		userinfo = userinfoOfURL
	}
	text = userinfo.ReplaceAllString(text, "${1}"+mask+"@")
	text = assignment.ReplaceAllStringFunc(text, func(s string) string {
		m := assignment.FindStringSubmatch(s)
		if !secretName(m[1]) {
			return s
		}
		return m[1] + m[2] + mask
	})
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	return text
}

var (
	userinfoOfURL = regexp.MustCompile(`(://[^\s:@/]*:)[^\s@]+@`)
	userinfoOfDSN = regexp.MustCompile(`([^\s:@/]*:)[^\s@]+@`)
	assignment    = regexp.MustCompile(`([A-Za-z_][\w.-]*)(["']?\s*[=:]\s*["']?|\s+)([^\s&;,"']+)`)
)

// text returns what a program computes in this workload, and where that is decided. What cannot be told is shown by its
// sources: ":${PORT:-8080}". It is "?" if nothing is known.
func (b *builder) text(t workload.Text) (string, check.Span) {
	if v := t.Eval(b.in); !namesSecret(t) {
		if s, ok := v.Get(); ok {
			return quoteEmpty(safe(s)), v.At()
		}
	}
	if s := symbolic(t); s != "" {
		return safe(s), check.Span{}
	}
	return "?", check.Span{}
}

func quoteEmpty(s string) string {
	if s == "" {
		return "(empty)"
	}
	return s
}

// namesSecret reports whether a text is made of a variable, flag or setting that is named like a secret.
func namesSecret(t workload.Text) bool {
	for _, p := range t {
		if p.Source != workload.Literal && (secretName(p.Name) || namesSecret(p.Default)) {
			return true
		}
	}
	return false
}

// symbolic writes a text by its sources.
func symbolic(t workload.Text) string {
	var s strings.Builder
	for _, p := range t {
		switch p.Source {
		case workload.Literal:
			s.WriteString(p.Lit)
		case workload.FromEnv:
			if def := symbolic(p.Default); def != "" && !secretName(p.Name) {
				s.WriteString("${" + p.Name + ":-" + def + "}")
			} else {
				s.WriteString("$" + p.Name)
			}
		case workload.FromFlag:
			s.WriteString("<--" + p.Name + ">")
		case workload.FromSetting:
			s.WriteString("<" + p.Name + ">")
		default:
			s.WriteString("…")
		}
	}
	return s.String()
}
