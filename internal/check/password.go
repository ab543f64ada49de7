package check

import (
	"net/url"
	"strings"
)

// IsPasswordName reports whether the name of a secret-like variable says that its value is a password: something that
// works as it stands, however simple it is.
func IsPasswordName(name string) bool {
	words := nameWords(name)
	if !IsSecretName(name) || len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	return last == "pass" || last == "pwd" || strings.HasSuffix(last, "password") || strings.HasSuffix(last, "passwd")
}

// URLPassword returns the password of a connection URL and the host it is for. A password that is the user's name says
// nothing: it is the default of a server ("guest:guest").
func URLPassword(value string) (password, host string, ok bool) {
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		return "", "", false
	}
	password, ok = u.User.Password()
	return password, u.Hostname(), ok && u.Hostname() != "" && password != u.User.Username()
}

// HoldsPrivateKey reports whether a text holds a private key in PEM form.
func HoldsPrivateKey(text string) bool {
	_, rest, ok := strings.Cut(text, "-----BEGIN ")
	kind, _, closed := strings.Cut(rest, "-----")
	return ok && closed && strings.HasSuffix(kind, "PRIVATE KEY")
}
