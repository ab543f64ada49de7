package workload

import (
	"path"
	"slices"
	"strings"
)

// A reference is the name of an image without tag and digest.
type reference struct {
	host       string // "ghcr.io"; "" for Docker Hub
	repository string // host and path as they identify the image: "ghcr.io/acme/api", "acme/api", "postgres"
}

// ImageName returns an image reference without tag and digest.
func ImageName(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		ref = ref[:i]
	}
	return ref
}

// FloatingTag returns the tag of an image reference and whether the reference moves: no tag, latest or latest-…, and no
// digest. What an unknown variable ("${NAME}") may hold is nobody's fault.
func FloatingTag(ref string) (tag string, floats bool) {
	if strings.Contains(ref, "@") {
		return "", false
	}
	name, tag, tagged := strings.Cut(ref[strings.LastIndexByte(ref, '/')+1:], ":")
	switch {
	case tagged:
		return tag, tag == "latest" || strings.HasPrefix(tag, "latest-")
	case strings.Contains(name, "${"): // may hold the tag
		return "", false
	}
	return "", true
}

// parseReference reads an image reference (grammar of distribution/reference). Docker Hub's own host name is dropped.
func parseReference(s string) reference {
	s = ImageName(s)
	host, rest, ok := strings.Cut(s, "/")
	if !ok || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return reference{repository: s}
	}
	switch host {
	case "docker.io", "index.docker.io", "registry-1.docker.io":
		return reference{repository: rest}
	}
	return reference{host, s}
}

// owner returns the element before the last of the path, in lower case: "acme" of "ghcr.io/acme/api"; "" for "postgres".
func (r reference) owner() string {
	elems := strings.Split(strings.TrimPrefix(strings.TrimPrefix(r.repository, r.host), "/"), "/")
	if len(elems) < 2 {
		return ""
	}
	return strings.ToLower(elems[len(elems)-2])
}

// name returns the last element of the path, in lower case: "api" of "ghcr.io/acme/api".
func (r reference) name() string { return strings.ToLower(path.Base(r.repository)) }

// IsPublic reports whether an image is one that a well-known publisher gives to everybody: a Docker Official Image, or one of
// an owner or registry that other people's software comes from.
func IsPublic(image string) bool {
	r := parseReference(image)
	owner := r.owner()
	if owner == "" && r.host == "" {
		return slices.Contains(officialImages, r.repository)
	}
	return owner == "library" || slices.Contains(publishers, owner) || slices.Contains(publishers, r.host)
}

// publishers are owners and hosts of images that other people's software comes in.
var publishers = strings.Fields(`
	adguard amazon apache apachepulsar apicurio aquasec arizephoenix authelia axllent bitnami bitnamilegacy
	bitnamisecure camunda cassandra certbot chainguard chromedp clickhouse cloudflare cockroachdb confluentinc
	containrrr coredns curlimages datadog debezium distroless docker dpage edoburu elastic emqx envoyproxy etcd-development
	firebase flyway fluent fluxcd goharbor google-samples googlecontainertools grafana graphiteapp greenmail gvenzl
	hashicorp heroku influxdb istio itzg jaegertracing jboss jenkins jetstack k8s-artifacts-prom keycloak
	kiwigrid kong landoop library linuxserver localstack louislam mailhog maildev maxmindinc mcr mesosphere
	metabase migrate milvusdb minio mockserver mongodb motoserver mysql natsio neo4j netdata nginxinc nicolaka
	obsidiandynamics ollama openebs openfga openpolicyagent opensearchproject openzipkin oryd osixia oliver006
	openbao otel otelcol percona pgbouncer pgvector phpmyadmin pingcap plantuml portainer postgis prom prometheus prometheuscommunity
	provectuslabs qdrant questdb quay.io rancher rediscommander redislabs redpandadata restic roachprod scylladb
	seldonio selenium semitechnologies signoz sonatype sosedoff stakater strimzi supabase surrealdb swaggerapi
	temporalio testcontainers timberio timescale trinodb umputun vectorized verdaccio victoriametrics
	wiremock wurstmeister yandex zalando
	docker.elastic.co k8s.gcr.io registry.k8s.io mcr.microsoft.com registry.opensource.zalan.do nvcr.io cgr.dev
	registry.access.redhat.com registry.redhat.io docker.redpanda.com gke.gcr.io`)

// officialImages are the Docker Official Images, which a name without an owner means on Docker Hub.
var officialImages = strings.Fields(`
	adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux backdrop
	bash bonita buildpack-deps busybox caddy cassandra chronograf cirros clearlinux clefos clickhouse clojure composer
	consul convertigo couchbase couchdb crate dart debian docker drupal eclipse-mosquitto eclipse-temurin
	eggdrop elasticsearch elixir emqx erlang fedora flink fluentd friendica gazebo gcc geonetwork ghost golang gradle
	groovy haproxy haskell haxe hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi java
	jetty joomla jruby julia kapacitor kibana kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven
	mediawiki memcached mongo mongo-express monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node
	notary odoo open-liberty openjdk opensuse oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin
	plone postfixadmin postgres pypy python r-base rabbitmq rakudo-star rapidoid redis redmine registry rethinkdb
	rocket.chat rockylinux ros ruby rust sapmachine satosa scratch silverpeas sl solr sonarqube spark spiped storm
	swarm swift swipl teamspeak telegraf thrift tomcat tomee traefik ubuntu unit varnish vault websphere-liberty
	wordpress xwiki yourls znc zookeeper`)
