package check

import (
	"regexp"
	"strings"
	"unicode"
)

// IsSecretName reports whether the name of a variable or key (DB_PASSWORD, apiKey, client-secret) says that its
// value is a credential. Names of things about a credential (PASSWORD_FILE, TOKEN_TTL, SECRET_NAME, PUBLIC_KEY) do
// not.
func IsSecretName(name string) bool {
	words := nameWords(name)
	for _, w := range words {
		if aboutSecrets[w] {
			return false
		}
	}
	// the last word is what the value is: TOKEN_SECRET is a secret; words such as VALUE or 2 say nothing
	for len(words) > 1 && (valueForm[words[len(words)-1]] || isDigits(words[len(words)-1])) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return false
	}
	last, before := words[len(words)-1], words[:len(words)-1]
	switch {
	case secretWords[last]:
		return true
	case len(before) == 0: // PASS, KEY and PIN alone may mean anything
		return false
	case last == "pass" || last == "pwd" || last == "pw":
		return true
	case last == "key" || last == "keys":
		return keyWords[before[len(before)-1]]
	}
	return false
}

// secretWords are last words that alone make a name that of a credential.
var secretWords = wordSet(`password passwd passphrase passcode passwords secret secrets token tokens credential credentials creds
	dbpassword dbpasswd dbpass userpassword rootpassword adminpassword apikey apikeys apitoken apisecret secretkey
	privatekey encryptionkey signingkey accesstoken authtoken bearertoken refreshtoken clientsecret jwtsecret authkey pgpassword`)

// keyWords are the words before KEY that make it a credential.
var keyWords = wordSet(`api secret private access signing sign encryption encrypt crypt auth master jwt hmac session license
	account storage deploy admin app`)

// aboutSecrets are words that turn a name into that of something near a credential, wherever they stand.
var aboutSecrets = wordSet(`file files filename path paths dir directory folder location mount volume url uri urls endpoint endpoints host
	port addr address name names namespace username ttl expiry expiration expire expires expired expiring exp lifetime lifespan
	duration timeout age interval rotation renewal period seconds sec secs minutes hours days leeway skew grace length len size
	min max minimum maximum limit limits quota count bits cost rounds iterations policy type types kind mode format algorithm algo
	alg method provider backend store engine driver header field prefix suffix separator delimiter public pub publishable enabled
	enable disabled disable required require requires allow allowed allows skip use uses using has is ignore id ids version issuer
	audience aud scope scopes claim claims ref reference arn selector template pattern regex regexp validator validation strength
	manager reset hint label description site bucket region tokenizer csrf xsrf hash hashed digest checksum fingerprint
	cert certificate ca crt sha256 idx index order status state`)

// valueForm are last words that say how the credential is written, not what it is.
var valueForm = wordSet(`value val text default base64 b64 hex plain plaintext raw dev prod production staging primary secondary base`)

// IsPlaceholder reports whether the value of a secret-like variable is plainly no secret: empty, a word that asks for
// one (changeme, <password>, your-api-key), a default that everybody knows (postgres, admin123), a reference to
// where the secret is ($DB_PASSWORD, vault:…, /run/secrets/db), a switch or a small number.
func IsPlaceholder(value string) bool {
	return IsStandIn(value) || isKnownWords(strings.ToLower(unquoted(value)))
}

func unquoted(value string) string { return strings.Trim(strings.TrimSpace(value), `"'`) }

// IsStandIn reports whether the value of a secret-like variable stands for another: all that makes a placeholder but
// the words that everybody knows. A database that is started with the password "postgres" has that password.
func IsStandIn(value string) bool {
	v := unquoted(value)
	low := strings.ToLower(v)
	switch {
	case len(v) < 4, isDigits(v) && len(v) < 8:
		return true
	case strings.ContainsAny(v, "<>") && strings.Contains(v, "<") && strings.Contains(v, ">"),
		strings.ContainsAny(v, "…") || strings.Contains(v, "..."),
		strings.Contains(v, "${"), strings.Contains(v, "$("), strings.Contains(v, "{{"), variable.MatchString(v):
		return true
	case strings.Count(low, low[:1]) == len(low): // xxxxxxxx, ********
		return true
	case passwordHash.MatchString(v): // nobody can log in with one
		return true
	case isPath(v) || isPlainURL(v) || isReference(low) || isPublic(low):
		return true
	}
	for _, s := range asking {
		if strings.Contains(low, s) {
			return true
		}
	}
	return false
}

// variable matches a value that is only a reference to another: $NAME, %NAME%, @NAME@, __NAME__, [NAME].
var variable = regexp.MustCompile(`^(\$\w+|%\w+%|%\(\w+\)s|@\w+@|__\w+__|\[[^\]]*\]|#\{.*\}#?)$`)

// asking are parts of words by which a placeholder asks to be replaced.
var asking = []string{"changeme", "change-me", "change_me", "change me", "changeit", "change-this", "change_this", "replaceme",
	"replace-me", "replace_me", "replace-with", "replace_with", "replace this", "placeholder", "example", "your-", "your_", "your ",
	"dummy", "insecure", "xxxx", "notasecret", "not-a-secret", "not_a_secret", "fill-in", "fill_me", "to-be-", "redacted", "-here", "_here", "****"}

// passwordHash matches the hash of a password in the forms of crypt, as htpasswd and many configurations have it.
var passwordHash = regexp.MustCompile(`^(\w+:)?(\$(2[abxy]?|1|5|6|y|apr1|argon2[id]+|scrypt|pbkdf2[\w-]*)\$|\{SSHA\}|pbkdf2_sha)`)

// isPath tells a file's path from base64, which may begin with a slash too.
func isPath(v string) bool {
	for _, p := range []string{"./", "../", "~/", "/run/", "/var/", "/etc/", "/secrets/", "/mnt/", "/home/", "/opt/", "/app/", "/tmp/", "/usr/", "/vault/", "file:"} {
		if strings.HasPrefix(v, p) {
			return true
		}
	}
	return pathOfFile.MatchString(v)
}

var pathOfFile = regexp.MustCompile(`^(/[\w.-]+)+\.[a-z]{2,5}$|^[\w-]+\.(pem|key|crt|txt|json|ya?ml|env|jks|p12)$`)

func isPlainURL(low string) bool {
	scheme, rest, ok := strings.Cut(strings.ToLower(low), "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, " /") && !strings.Contains(rest, "@")
}

// isReference reports whether a value names a secret in a secret store, or is encrypted.
func isReference(low string) bool {
	for _, p := range []string{"vault:", "op://", "ref+", "arn:", "ssm:", "sm://", "awssm:", "gcpsm:", "enc[", "enc(", "projects/", "env:", "secret:", "sops:", "ejson["} {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return false
}

func isPublic(low string) bool {
	return strings.HasPrefix(low, "ssh-") || strings.HasPrefix(low, "ecdsa-") ||
		strings.Contains(low, "-----begin public key") || strings.Contains(low, "-----begin certificate")
}

// isKnownWords reports whether a value is made of nothing but words of placeholders and digits that people count:
// "my-super-secret-key", "mysecretpassword", "postgres123".
func isKnownWords(low string) bool {
	var letters []byte
	for i := range len(low) {
		switch c := low[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			letters = append(letters, c)
		case c > 0x7f:
			return false
		}
	}
	s := string(letters)
	reach := make([]bool, len(s)+1) // reach[i]: s[:i] is a row of known words
	reach[0] = true
	for i := range s {
		if !reach[i] {
			continue
		}
		for j := i + 1; j <= len(s) && j <= i+13; j++ {
			if knownWords[s[i:j]] || isDigits(s[i:j]) && (j-i <= 4 || strings.HasPrefix("1234567890", s[i:j])) && (i == 0 || !isDigits(s[i-1:i])) {
				reach[j] = true
			}
		}
	}
	return reach[len(s)]
}

// knownWords make up placeholders. Words of one or two letters are left out as far as possible: random strings are
// made of them too.
var knownWords = wordSet(`my our your the this that and for with not only use used set put insert add enter here some any very super long
	strong random secure safe unsafe please must should change changed before production prod staging replace replaced generate generated
	value string text word words phrase token tokens key keys api secret secrets password passwords passwd passphrase pass pwd
	credential credentials auth jwt oauth oidc session cookie access refresh signing sign encryption private client server service app
	application backend frontend web site user username users admin administrator root guest owner super master default test testing tests
	tester dev devel development develop local localhost localdev sample samples demo fake mock temp temporary todo tbd fixme none null nil
	undefined unset unknown empty disabled enabled true false yes off foo bar baz qux foobar hello world welcome asdf qwerty qwertz abc
	abcd abcdef letmein database data postgres postgresql postgre mysql mariadb mongo mongodb redis rabbit rabbitmq kafka elastic minio
	minioadmin grafana keycloak sonar neo4j cassandra couchbase nats influx influxdb clickhouse vault bitnami docker compose kubernetes
	golang gopher company project team name names a is in at to be of on me it or id db ci os no x least characters chars bytes minimum
	bit hs256 base64 aws gcp azure github gitlab stripe twilio sendgrid slack telegram bot smtp mail email openai webhook hash salt
	replaceme changeme changeit notsecret nosecret topsecret shared internal example placeholder p4ssw0rd passw0rd p4ssword p@ssw0rd`)

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// nameWords splits snake_case, kebab-case, dotted and camelCase names into lower-case words.
func nameWords(name string) []string {
	var (
		words []string
		word  []rune
	)
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	rs := []rune(name)
	for i, r := range rs {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case i > 0 && unicode.IsUpper(r) && unicode.IsLower(rs[i-1]), // apiKey
			i > 0 && i+1 < len(rs) && unicode.IsUpper(r) && unicode.IsUpper(rs[i-1]) && unicode.IsLower(rs[i+1]): // APIKey
			end()
		}
		word = append(word, r)
	}
	end()
	return words
}
