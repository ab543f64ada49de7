package check_test

import (
	"testing"

	"github.com/factorlint/factorlint/internal/check"
)

func TestIsSecretName(t *testing.T) {
	for _, name := range []string{
		"PASSWORD", "DB_PASSWORD", "POSTGRES_PASSWORD", "MYSQL_ROOT_PASSWORD", "dbPassword", "db.password", "smtp-password", "MAIL_PASS",
		"DB_PWD", "REDIS_PASSWD", "TOKEN", "GITHUB_TOKEN", "NPM_TOKEN", "accessToken", "SECRET", "JWT_SECRET", "CLIENT_SECRET",
		"oauth2ClientSecret", "SECRET_KEY", "API_KEY", "apiKey", "APIKey", "STRIPE_API_KEY", "X-Api-Key", "PRIVATE_KEY",
		"AWS_SECRET_ACCESS_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "KEY_PASSPHRASE", "DB_CREDENTIALS", "TOKEN_SECRET", "APIKEY",
		"DB_PASSWORD_2", "JWT_SECRET_BASE64", "SLACK_BOT_TOKEN", "SESSION_SECRET", "PGPASSWORD", "MYSQL_PWD", "SECRET_KEY_BASE",
		"dbpassword", "ADMIN_PASSWORD_DEFAULT",
	} {
		if !check.IsSecretName(name) {
			t.Errorf("%s is no secret's name", name)
		}
	}
	for _, name := range []string{
		"", "_", "PASSWORD_FILE", "DB_PASSWORD_PATH", "TOKEN_URL", "TOKEN_ENDPOINT", "SECRET_NAME", "TOKEN_TTL", "PASSWORD_LENGTH",
		"PUBLIC_KEY", "JWT_PUBLIC_KEY", "PASSWORD_POLICY", "MIN_PASSWORD_LENGTH", "TOKEN_EXPIRY", "TOKEN_HEADER", "SECRET_STORE",
		"SECRETS_DIR", "AWS_ACCESS_KEY_ID", "CLIENT_ID", "KEYCLOAK_URL", "PARTITION_KEY", "CACHE_KEY", "KEY", "PASS", "PIN", "COMPASS",
		"BYPASS", "MAX_TOKENS", "TOKENIZER", "SSH_HOST_KEY_ALGORITHM", "PASSWORDLESS", "ENABLE_TOKEN", "REQUIRE_PASSWORD", "TOKEN_TYPE",
		"SECRET_VERSION", "PASSWORD_RESET_URL", "STRIPE_PUBLISHABLE_KEY", "PRIMARY_KEY", "PASSWORD_HASH", "MONKEY", "SECRETARY",
		"TOKEN_REFRESH_INTERVAL", "USE_TOKEN", "CSRF_COOKIE_SECURE",
	} {
		if check.IsSecretName(name) {
			t.Errorf("%s is a secret's name", name)
		}
	}
}

func TestIsPlaceholder(t *testing.T) {
	for _, value := range []string{
		"", "  ", `""`, "abc", "changeme", "CHANGE_ME", "ChangeMe123", "<password>", "your-api-key", "YOUR_TOKEN_HERE", "xxxxxxxx", "********",
		"password", "password123", "secret", "supersecret", "my-super-secret-key", "mysecretpassword", "postgres", "root", "admin123", "guest",
		"minioadmin", "test", "testpassword", "dev-secret", "local_dev_password", "example", "AKIAIOSFODNN7EXAMPLE", "${DB_PASSWORD}",
		"$DB_PASSWORD", "%DB_PASSWORD%", "{{ .Values.password }}", "__PASSWORD__", "$(cat /run/secret)", "/run/secrets/db", "./token.txt",
		"/etc/app/tls.key", "server.pem", "true", "false", "none", "null", "3600", "24", "vault:secret/data/db#password", "op://vault/db/password",
		"arn:aws:secretsmanager:eu-west-1:1:secret:x", "ENC[AES256_GCM,data:abc]", "https://id.example.com/token", "ssh-rsa AAAAB3NzaC1yc2E",
		"replace-me-with-a-real-secret", "not-a-secret", "dummy-token", "insecure-dev-key", "jwt-secret-key-change-in-production", "sk-...",
		"qwerty", "12345678", "abcd1234", "hunter-example", "TODO", "a-very-long-secret-key-for-testing",
	} {
		if !check.IsPlaceholder(value) {
			t.Errorf("%q is no placeholder", value)
		}
	}
	for _, value := range []string{
		"kR7vQ2nW9xTz", "hunter2", "sk_live_4eC39HqLyjWDarjtT1", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "Tr0ub4dor&3", "wJalrXUtnFEMI/K7MDENG",
		"/9j4AAQSkZJRgABAQ==", "postgres://app:s3cr3tPw@db/app", "correct horse battery staple", "9d2c1f0a8b7e6d5c", "eyJhbGciOiJIUzI1NiJ9.e30.abc",
		"S3cure!Pa55", "xK9pass", "84629175301", "-----BEGIN RSA PRIVATE KEY-----", "fake_password_1x7Zq9", "socks-shop-7",
		"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
	} {
		if check.IsPlaceholder(value) {
			t.Errorf("%q is a placeholder", value)
		}
	}
}
