package observe

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// stubs are the parts of libraries that the tests use, with the signatures of the real ones, by import path.
var stubs = map[string]string{
	"github.com/jmoiron/sqlx": `package sqlx

type DB struct{}

func Open(driverName, dataSourceName string) (*DB, error)    { return nil, nil }
func Connect(driverName, dataSourceName string) (*DB, error) { return nil, nil }
`,
	"gorm.io/gorm": `package gorm

type Dialector interface{ Name() string }

type Option interface{ Apply(*Config) error }

type Config struct{}

func (c *Config) Apply(*Config) error { return nil }

type DB struct{}

func Open(dialector Dialector, opts ...Option) (*DB, error) { return nil, nil }

func (db *DB) AutoMigrate(dst ...any) error { return nil }
`,
	"gorm.io/driver/postgres": `package postgres

import "gorm.io/gorm"

type Config struct{ DSN string }

func Open(dsn string) gorm.Dialector { return nil }

func New(config Config) gorm.Dialector { return nil }
`,
	"github.com/jackc/pgx/v5": `package pgx

import "context"

type Conn struct{}

func Connect(ctx context.Context, connString string) (*Conn, error) { return nil, nil }
`,
	"github.com/jackc/pgx/v5/pgxpool": `package pgxpool

import "context"

type Config struct{ MaxConns int32 }

type Pool struct{}

func New(ctx context.Context, connString string) (*Pool, error)        { return nil, nil }
func NewWithConfig(ctx context.Context, config *Config) (*Pool, error) { return nil, nil }
func ParseConfig(connString string) (*Config, error)                   { return nil, nil }
`,
	"go.mongodb.org/mongo-driver/mongo": `package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/mongo/options"
)

type Client struct{}

func Connect(ctx context.Context, opts ...*options.ClientOptions) (*Client, error) { return nil, nil }
`,
	"go.mongodb.org/mongo-driver/mongo/options": `package options

type ClientOptions struct{}

func Client() *ClientOptions { return nil }

func (c *ClientOptions) ApplyURI(uri string) *ClientOptions      { return c }
func (c *ClientOptions) SetMaxPoolSize(u uint64) *ClientOptions { return c }
`,
	"github.com/redis/go-redis/v9": `package redis

type Options struct{ Addr string }

type UniversalOptions struct{ Addrs []string }

type Client struct{}

type UniversalClient interface{ Close() error }

func NewClient(opt *Options) *Client                             { return nil }
func NewUniversalClient(opts *UniversalOptions) UniversalClient { return nil }
func ParseURL(redisURL string) (*Options, error)                 { return nil, nil }
`,
	"github.com/rabbitmq/amqp091-go": `package amqp091

type Connection struct{}

func Dial(url string) (*Connection, error) { return nil, nil }
`,
	"github.com/IBM/sarama": `package sarama

type Config struct{}

type ConsumerGroup interface{ Close() error }

func NewConsumerGroup(addrs []string, groupID string, config *Config) (ConsumerGroup, error) { return nil, nil }
`,
	"github.com/segmentio/kafka-go": `package kafka

import "net"

type ReaderConfig struct{ Brokers []string }

type Reader struct{}

type Writer struct{ Addr net.Addr }

func NewReader(config ReaderConfig) *Reader { return nil }
func TCP(address ...string) net.Addr        { return nil }
`,
	"github.com/nats-io/nats.go": `package nats

type Option func() error

type Conn struct{}

func Connect(url string, options ...Option) (*Conn, error) { return nil, nil }
`,
	"github.com/elastic/go-elasticsearch/v8": `package elasticsearch

type Config struct{ Addresses []string }

type Client struct{}

func NewClient(cfg Config) (*Client, error) { return nil, nil }
`,
	"go.etcd.io/etcd/client/v3": `package clientv3

type Config struct{ Endpoints []string }

type Client struct{}

func New(cfg Config) (*Client, error) { return nil, nil }
`,
	"github.com/gocql/gocql": `package gocql

type ClusterConfig struct{}

func NewCluster(hosts ...string) *ClusterConfig { return nil }
`,
	"google.golang.org/grpc": `package grpc

type DialOption interface{}

type ClientConn struct{}

func NewClient(target string, opts ...DialOption) (*ClientConn, error) { return nil, nil }
`,
	"github.com/gorilla/websocket": `package websocket

import "net/http"

type Dialer struct{}

type Conn struct{}

var DefaultDialer = &Dialer{}

func (d *Dialer) Dial(urlStr string, requestHeader http.Header) (*Conn, *http.Response, error) { return nil, nil, nil }
`,
	"github.com/golang-migrate/migrate/v4": `package migrate

type Migrate struct{}

func New(sourceURL, databaseURL string) (*Migrate, error) { return nil, nil }

func (m *Migrate) Up() error { return nil }
`,
	"github.com/pressly/goose/v3": `package goose

import "database/sql"

type OptionsFunc func()

func Up(db *sql.DB, dir string, opts ...OptionsFunc) error { return nil }
`,
	"k8s.io/client-go/tools/leaderelection": `package leaderelection

import "context"

type LeaderElectionConfig struct{}

func RunOrDie(ctx context.Context, lec LeaderElectionConfig) {}
`,
	"sigs.k8s.io/controller-runtime": `package controllerruntime

type Options struct {
	LeaderElection   bool
	LeaderElectionID string
}

func NewManager(config any, options Options) (any, error) { return nil, nil }
`,
	"github.com/go-redsync/redsync/v4": `package redsync

type Redsync struct{}

type Mutex struct{}

type Option interface{ Apply(*Mutex) }

func New() *Redsync { return nil }

func (r *Redsync) NewMutex(name string, options ...Option) *Mutex { return nil }
`,
}

func TestParties(t *testing.T) {
	// each is the code in front of http.ListenAndServe, what it needs to import, and what it talks to
	tests := []struct{ name, imports, body, decls, want string }{
		{"http", ``, `http.Get("http://stock:8080/" + os.Args[1])`, ``, "out http://stock:8080/?"},
		{"request", ``, `http.NewRequest("GET", os.Getenv("STOCK_URL"), nil)`, ``, "out ${STOCK_URL:-}"},
		{"on a request", ``, `http.HandleFunc("/", handle)`, "func handle(w http.ResponseWriter, r *http.Request) { http.Get(\"http://stock\") }", "out http://stock on request"},
		{"dial", `net`, `net.Dial("tcp", "stock:9000")`, ``, "out stock:9000"},
		{"proxy", `net/url net/http/httputil`, "u, _ := url.Parse(\"http://stock:8080\")\n\thttputil.NewSingleHostReverseProxy(u)", ``, "out http://stock:8080"},
		{"grpc", `google.golang.org/grpc`, `grpc.NewClient("dns:///stock:9090")`, ``, "out dns:///stock:9090"},
		{"websocket", `github.com/gorilla/websocket`, `websocket.DefaultDialer.Dial("ws://stock:9090/", nil)`, ``, "out ws://stock:9090/"},
		{"mail", `net/smtp`, `smtp.SendMail(os.Getenv("SMTP_ADDR"), nil, "", nil, nil)`, ``, "out ${SMTP_ADDR:-}"},
		{"sql", `database/sql`, `sql.Open("pgx", os.Getenv("DSN"))`, ``, "postgres ${DSN:-}"},
		{"sql of any driver", `database/sql`, `sql.Open(os.Args[1], os.Args[2])`, ``, "sql ?"},
		{"sqlx", `github.com/jmoiron/sqlx`, `sqlx.Connect("mysql", "db:3306")`, ``, "mysql db:3306"},
		{"sql while initialised", `database/sql`, `_ = db`, `var db, _ = sql.Open("sqlite3", "shop.db")`, "sqlite shop.db at init"},
		{"sql of a function called by init", `database/sql`, ``, "func init() { open() }\n\nfunc open() { sql.Open(\"postgres\", \"\") }", "postgres  at init"},
		{"gorm", `gorm.io/gorm gorm.io/driver/postgres`, `gorm.Open(postgres.Open("host=db"), &gorm.Config{})`, ``, "postgres host=db"},
		{"gorm with a configuration", `gorm.io/gorm gorm.io/driver/postgres`, `gorm.Open(postgres.New(postgres.Config{DSN: "host=db"}))`, ``, "postgres host=db"},
		{"pgx", `context github.com/jackc/pgx/v5`, `pgx.Connect(context.Background(), os.Getenv("DSN"))`, ``, "postgres ${DSN:-}"},
		{"pgxpool", `context github.com/jackc/pgx/v5/pgxpool`, "c, _ := pgxpool.ParseConfig(os.Getenv(\"DSN\"))\n\tc.MaxConns = 4\n\tpgxpool.NewWithConfig(context.Background(), c)", ``, "postgres ${DSN:-}"},
		{"mongo", `context go.mongodb.org/mongo-driver/mongo go.mongodb.org/mongo-driver/mongo/options`,
			`mongo.Connect(context.Background(), options.Client().ApplyURI("mongodb://db").SetMaxPoolSize(9))`, ``, "mongo mongodb://db"},
		{"redis", `github.com/redis/go-redis/v9`, `redis.NewClient(&redis.Options{Addr: os.Getenv("REDIS")})`, ``, "redis ${REDIS:-}"},
		{"redis by URL", `github.com/redis/go-redis/v9`, "o, _ := redis.ParseURL(os.Getenv(\"REDIS\"))\n\tredis.NewClient(o)", ``, "redis ${REDIS:-}"},
		{"redis field set later", `github.com/redis/go-redis/v9`, "o := &redis.Options{}\n\to.Addr = \"cache:6379\"\n\tredis.NewClient(o)", ``, "redis cache:6379"},
		{"redis that is not told", `github.com/redis/go-redis/v9`, `redis.NewClient(options())`, `func options() *redis.Options { return nil }`, "redis "},
		{"rabbitmq", `github.com/rabbitmq/amqp091-go`, `amqp091.Dial("amqp://mq")`, ``, "rabbitmq amqp://mq"},
		{"sarama", `github.com/IBM/sarama`, `sarama.NewConsumerGroup([]string{"k1:9092", "k2:9092"}, "shop", nil)`, ``, "kafka k1:9092, kafka k2:9092"},
		{"kafka-go", `github.com/segmentio/kafka-go`, `kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Getenv("KAFKA")}})`, ``, "kafka ${KAFKA:-}"},
		{"kafka-go writer", `github.com/segmentio/kafka-go`, `_ = kafka.Writer{Addr: kafka.TCP("kafka:9092")}`, ``, "kafka kafka:9092"},
		{"nats", `github.com/nats-io/nats.go`, `nats.Connect("nats://mq:4222")`, ``, "nats nats://mq:4222"},
		{"elasticsearch", `github.com/elastic/go-elasticsearch/v8`, `elasticsearch.NewClient(elasticsearch.Config{Addresses: []string{"http://es:9200"}})`, ``, "elasticsearch http://es:9200"},
		{"etcd", `go.etcd.io/etcd/client/v3`, `clientv3.New(clientv3.Config{Endpoints: []string{"etcd:2379"}})`, ``, "etcd etcd:2379"},
		{"cassandra", `github.com/gocql/gocql`, `gocql.NewCluster("c1", "c2")`, ``, "cassandra c1, cassandra c2"},
		{"migrate", `github.com/golang-migrate/migrate/v4`, "m, _ := migrate.New(\"file://migrations\", \"postgres://db\")\n\tm.Up()", ``, "postgres postgres://db, migrates serving locks"},
		{"goose", `github.com/pressly/goose/v3`, `migrateAll()`, `func migrateAll() { goose.Up(nil, "migrations") }`, "migrates serving"},
		{"goose by choice", `github.com/pressly/goose/v3`, "if len(os.Args) > 1 {\n\t\tgoose.Up(nil, \"migrations\")\n\t}", ``, "migrates"},
		{"automigrate", `gorm.io/gorm`, "var db *gorm.DB\n\tdb.AutoMigrate()", ``, "migrates serving"},
		{"leader election", `context k8s.io/client-go/tools/leaderelection`, `leaderelection.RunOrDie(context.Background(), leaderelection.LeaderElectionConfig{})`, ``, "leader"},
		{"manager", `sigs.k8s.io/controller-runtime`, `controllerruntime.NewManager(nil, controllerruntime.Options{LeaderElection: true})`, ``, "leader"},
		{"manager without", `sigs.k8s.io/controller-runtime`, `controllerruntime.NewManager(nil, controllerruntime.Options{LeaderElectionID: "shop"})`, ``, ""},
		{"manager by choice", `sigs.k8s.io/controller-runtime`, `controllerruntime.NewManager(nil, controllerruntime.Options{LeaderElection: len(os.Args) > 1})`, ``, "leader…"},
		{"lock", `github.com/go-redsync/redsync/v4`, `redsync.New().NewMutex("shop")`, ``, "leader"},
	}
	sources := map[string]string{}
	for _, tt := range tests {
		text := "package main\n\nimport (\n\t\"net/http\"\n\t\"os\"\n"
		for _, path := range strings.Fields(tt.imports) {
			text += fmt.Sprintf("\t%q\n", path)
		}
		sources[tt.name] = text + ")\n\nfunc main() {\n\t" + tt.body + "\n\thttp.ListenAndServe(os.Getenv(\"ADDR\"), nil)\n}\n\n" + tt.decls + "\n"
	}
	got := mains(t, sources, stubs)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var have []string
			word := func(ok bool, s string) string {
				if ok {
					return " " + s
				}
				return ""
			}
			for _, o := range got[tt.name].Outbounds.Members {
				have = append(have, "out "+show(o.Addr)+word(o.OnRequest, "on request"))
			}
			for _, b := range got[tt.name].Backings.Members {
				have = append(have, b.Kind+" "+show(b.Addr)+word(b.AtInit, "at init"))
			}
			for _, m := range got[tt.name].Migrates.Members {
				have = append(have, "migrates"+word(m.Serving, "serving")+word(m.Locks, "locks"))
			}
			leads := ""
			if len(got[tt.name].Leaders.Members) > 0 {
				leads = "leader"
			}
			if got[tt.name].Leaders.Open() {
				leads = "leader…"
			}
			if leads != "" {
				have = append(have, leads)
			}
			if s := strings.Join(have, ", "); s != tt.want {
				t.Errorf("talks to %q, want %q\n%s", s, tt.want, sources[tt.name])
			}
		})
	}
}

func TestParseAddress(t *testing.T) {
	tests := []struct {
		text string
		want address
		ok   bool
	}{
		{"http://stock:8080/items", address{scheme: "http", host: "stock", port: "8080"}, true},
		{"http://stock", address{scheme: "http", host: "stock"}, true},
		{"http://" + hole + "/items", address{scheme: "http", host: hole}, true},
		{"http://stock-" + hole, address{scheme: "http", host: "stock-" + hole}, true},
		{"http://[::1]:80/", address{scheme: "http", host: "::1", port: "80"}, true},
		{"postgres://u:p@db:5432/shop?x=a@b", address{scheme: "postgres", host: "db", port: "5432", user: "u", password: "p"}, true},
		{"mongodb://a:1,b:2/shop", address{scheme: "mongodb", host: "a", port: "1"}, true},
		{"dns:///stock:9090", address{scheme: "dns", host: "stock", port: "9090"}, true},
		{"u:p@tcp(db:3306)/shop", address{host: "db", port: "3306", user: "u", password: "p"}, true},
		{"u:p@tcp(" + hole + ")/shop", address{host: hole, user: "u", password: "p"}, true},
		{"host=db port=5432 user=u password=" + hole, address{host: "db", port: "5432", user: "u", password: hole}, true},
		{"stock:8080", address{host: "stock", port: "8080"}, true},
		{"stock:" + hole, address{host: "stock", port: hole}, true},
		{"stock", address{host: "stock"}, false},
		{"a sentence: with a colon", address{}, false},
		{hole, address{}, false},
		{"", address{}, false},
	}
	for _, tt := range tests {
		if got, ok := parseAddress(tt.text); ok != tt.ok || ok && got != tt.want {
			t.Errorf("parseAddress(%q) = %+v, %v; want %+v, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func TestDeploymentSpecific(t *testing.T) {
	yes := strings.Fields("stock stock-service stock.shop.svc stock.shop.svc.cluster.local nas.lan db.internal host.docker.internal localhost 127.0.0.1 10.0.3.7 192.168.1.4 fd00::1")
	no := strings.Fields("example.com api.stripe.com 8.8.8.8 169.254.169.254 metadata.google.internal kubernetes.default.svc unix bufnet x 0.0.0.0")
	for _, host := range slices.Concat(yes, no, []string{"", hole, "stock" + hole, "{host}", "%s"}) {
		if got := deploymentSpecific(host); got != slices.Contains(yes, host) {
			t.Errorf("deploymentSpecific(%q) = %v", host, got)
		}
	}
}
