package manifest

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// A store is a backing service that keeps data on a disk.
type store struct {
	what     string   // "database", "broker", …
	servers  []string // programs and words that start it
	cache    bool     // it is often only a cache
	operator bool     // well-known operators run it
}

// storeOf returns what an image keeps, by the last element of its name without tag: other people publish the same
// software under the same name. Exporters, clients and consoles have other names.
func storeOf(d *workload.Deploy) (name string, s store, ok bool) {
	ref, known := d.Image.Get()
	if !known || d.Build != nil || d.Retagged {
		return "", store{}, false
	}
	name = workload.ImageName(ref)
	switch path.Base(name) {
	case "postgres", "postgresql", "postgis", "timescaledb", "pgvector", "spilo-15", "spilo-16", "spilo-17":
		s = store{what: "database", servers: []string{"postgres"}, operator: true}
	case "mysql", "mysql-server", "mariadb", "percona", "percona-server":
		s = store{what: "database", servers: []string{"mysqld", "mariadbd", "docker-entrypoint.sh"}, operator: true}
	case "mongo", "mongodb", "mongodb-community-server", "percona-server-mongodb":
		s = store{what: "database", servers: []string{"mongod"}, operator: true}
	case "cassandra", "scylla":
		s = store{what: "database", servers: []string{"cassandra"}, operator: true}
	case "cockroach":
		s = store{what: "database", servers: []string{"start", "start-single-node"}, operator: true}
	case "clickhouse-server", "clickhouse":
		s = store{what: "database", servers: []string{"clickhouse-server"}, operator: true}
	case "neo4j", "influxdb", "couchdb":
		s = store{what: "database", servers: []string{path.Base(name), "influxd", "couchdb"}}
	case "elasticsearch", "opensearch":
		s = store{what: "search index", servers: []string{path.Base(name)}, operator: true}
	case "rabbitmq":
		s = store{what: "broker", servers: []string{"rabbitmq-server"}, operator: true}
	case "kafka", "cp-kafka", "cp-server", "kafka-native":
		s = store{what: "broker", servers: []string{"kafka-server-start.sh", "kafka-server-start", "run", "run.sh", "start-kafka.sh"}, operator: true}
	case "minio":
		s = store{what: "object store", servers: []string{"server"}, operator: true}
	case "etcd":
		s = store{what: "key-value store", servers: []string{"etcd"}, operator: true}
	case "redis", "redis-stack", "redis-stack-server", "valkey", "keydb":
		s = store{what: "key-value store", servers: []string{"redis-server", "valkey-server", "keydb-server"}, cache: true, operator: true}
	default:
		return "", store{}, false
	}
	return name, s, true
}

// startsServer reports whether a container runs the store itself: the image is also used for its client, in
// migrations and seeds.
func (s store) startsServer(d *workload.Deploy) bool {
	entrypoint, ok := words(d.Entrypoint)
	args, ok2 := words(d.Args)
	switch {
	case !ok || !ok2:
		return false
	case len(entrypoint) == 0 && (len(args) == 0 || s.cache && strings.HasSuffix(args[0], ".conf") || strings.HasPrefix(args[0], "-")):
		return true
	}
	words := strings.FieldsFunc(strings.Join(append(entrypoint, args...), " "), func(r rune) bool { return strings.ContainsRune(" \t\n;&|()\"'", r) })
	if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "sentinel") || strings.Contains(w, "basebackup") }) {
		return false // it watches others and keeps nothing, or gets its data from another at every start
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(s.servers, path.Base(w)) })
}

// words returns the words of a command; none if it is absent. ok is false if they cannot be told.
func words(v workload.Value[workload.Command]) (out []string, ok bool) {
	c, ok := v.Or(workload.Command{})
	for _, w := range c.Words {
		out = append(out, w.Text)
	}
	return out, ok
}

// commandLine returns the words of a container's command line, separated by spaces.
func commandLine(d *workload.Deploy) string {
	entrypoint, _ := words(d.Entrypoint)
	args, _ := words(d.Args)
	return strings.Join(append(entrypoint, args...), " ")
}
