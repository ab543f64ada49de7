package manifest

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// localhostBackingService is FL0403. It never prints more of a value than host and port.
func localhostBackingService() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "localhost-backing-service", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may set the variable
		}
		for _, d := range p.Subject.Deploys {
			if _, _, ok := storeOf(d); ok || !d.Alone || d.Development {
				continue
			}
			last := map[string]workload.EnvVar{}
			var order []string
			for _, v := range d.Env.Members {
				if _, ok := last[v.Name]; !ok {
					order = append(order, v.Name)
				}
				last[v.Name] = v
			}
			for _, name := range order {
				v := last[name]
				value, ok := v.Value.Get()
				if !ok || strings.HasPrefix(v.From, "env_file ") { // which serves other programs too, and those started by hand
					continue
				}
				host, port, ok := localAddress(value)
				if !ok || !isBackingName(name, value) || declares(d, port) {
					continue
				}
				where := "the container itself, which is alone in its pod"
				if d.Platform == workload.Compose {
					where = "the container itself and none of the other services"
				}
				p.Report(check.Finding{
					At: v.At,
					Message: fmt.Sprintf("%s of %s points at %s: that is %s, so connections are refused",
						name, container(d), strings.TrimSuffix(net.JoinHostPort(host, port), ":"), where),
					Logical: logical(d),
					Matter:  name,
				})
			}
		}
	}}
}

var (
	addressName = regexp.MustCompile(`(^|_)(HOSTS?|HOSTNAME|PGHOST|ADDR|ADDRESS(ES)?|UR[LI]S?|DSN|ENDPOINTS?|BROKERS?|SERVERS?|CONN|CONNECTION|SOURCE)$`)
	storeName   = regexp.MustCompile(`(^|_)(DB|DATABASE|PG|PGHOST|POSTGRES|POSTGRESQL|MYSQL|MARIADB|SQL|MONGO|MONGODB|REDIS|VALKEY|CACHE|RABBIT|RABBITMQ|AMQP|MQ|KAFKA|NATS|ELASTIC|ELASTICSEARCH|OPENSEARCH|MEMCACHED?|ETCD|MINIO|S3|SMTP|INFLUX|INFLUXDB|CLICKHOUSE|CASSANDRA|SCYLLA|NEO4J|ZOOKEEPER|SERVICE|SVC)(_|$)`)
	// addresses for somebody else: a browser, a mail, another network; or the program's own
	othersName  = regexp.MustCompile(`(^|_)(PUBLIC|EXTERNAL|CALLBACK|REDIRECT|CORS|ORIGINS?|ISSUER|FRONTEND|BASE|WEB|UI|BROWSER|CONSOLE|ADVERTISED|LISTEN|LISTENER|BIND|SELF|OTEL|JAEGER|DAPR|METRICS|PPROF|ADMIN|HEALTH|LINK)(_|$)`)
	storeScheme = regexp.MustCompile(`^(postgres|postgresql|mysql|mongodb|redis|rediss|amqp|amqps|nats|kafka|clickhouse|sqlserver|cassandra)://|@tcp\(|(^| )host=`)
	dsnHost     = regexp.MustCompile(`@tcp\(([^()]*)\)`)
	keywordHost = regexp.MustCompile(`(?:^|\s)host=(\S+)`)
	keywordPort = regexp.MustCompile(`(?:^|\s)port=(\d+)`)
)

// isBackingName reports whether a variable tells where a backing service or another service is.
func isBackingName(name, value string) bool {
	name = strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name))
	if othersName.MatchString(name) {
		return false
	}
	return addressName.MatchString(name) && (storeName.MatchString(name) || storeScheme.MatchString(value))
}

// localAddress returns host and port of an address on the own machine: a URL, a DSN, host:port or a host alone. Of
// several addresses the first is returned if all are.
func localAddress(value string) (host, port string, ok bool) {
	if m := dsnHost.FindStringSubmatch(value); m != nil {
		return localHost(m[1])
	}
	if m := keywordHost.FindStringSubmatch(value); m != nil {
		host, port, ok = localHost(m[1])
		if m := keywordPort.FindStringSubmatch(value); m != nil {
			port = m[1]
		}
		return host, port, ok
	}
	for i, part := range strings.Split(value, ",") {
		part = strings.TrimSpace(part)
		if strings.Contains(part, "://") {
			u, err := url.Parse(part)
			if err != nil {
				return "", "", false
			}
			part = u.Host
		}
		h, p, local := localHost(part)
		if !local {
			return "", "", false
		}
		if i == 0 {
			host, port, ok = h, p, true
		}
	}
	return host, port, ok
}

func localHost(s string) (host, port string, ok bool) {
	host = s
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port = h, p
	}
	ip := net.ParseIP(host)
	return host, port, host == "localhost" || ip != nil && ip.IsLoopback()
}

// declares reports whether a container listens on a port by its own account.
func declares(d *workload.Deploy, port string) bool {
	return slices.ContainsFunc(d.Ports, func(c workload.Port) bool {
		n, ok := c.Number.Get()
		return !ok || strconv.Itoa(n) == port
	})
}
