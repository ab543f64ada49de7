package observe

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/workload"
)

// routers are stand-ins for web frameworks, with the signatures of the real ones.
var routers = map[string]string{
	"github.com/zsais/go-gin-prometheus": `package ginprometheus

import "github.com/gin-gonic/gin"

type Prometheus struct{}

func NewPrometheus(subsystem string) *Prometheus { return nil }
func (p *Prometheus) Use(e *gin.Engine)          {}
`,
	"github.com/gin-gonic/gin": `package gin

import "net/http"

type Context struct{}
type HandlerFunc func(*Context)
type IRoutes interface {
	Use(...HandlerFunc) IRoutes
	GET(string, ...HandlerFunc) IRoutes
	Static(string, string) IRoutes
}
type RouterGroup struct{}

func (g *RouterGroup) Use(h ...HandlerFunc) IRoutes                                  { return nil }
func (g *RouterGroup) GET(path string, h ...HandlerFunc) IRoutes                     { return nil }
func (g *RouterGroup) Any(path string, h ...HandlerFunc) IRoutes                     { return nil }
func (g *RouterGroup) Handle(method, path string, h ...HandlerFunc) IRoutes          { return nil }
func (g *RouterGroup) Match(methods []string, path string, h ...HandlerFunc) IRoutes { return nil }
func (g *RouterGroup) Static(path, root string) IRoutes                              { return nil }
func (g *RouterGroup) Group(path string, h ...HandlerFunc) *RouterGroup              { return nil }

type Engine struct{ RouterGroup }

func New() *Engine                                                 { return nil }
func Default() *Engine                                             { return nil }
func (e *Engine) Use(h ...HandlerFunc) IRoutes                     { return nil }
func (e *Engine) NoRoute(h ...HandlerFunc)                         {}
func (e *Engine) Run(addr ...string) error                         { return nil }
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {}
`,
	"github.com/labstack/echo/v4": `package echo

type Context interface{}
type HandlerFunc func(Context) error
type MiddlewareFunc func(HandlerFunc) HandlerFunc
type Route struct{}
type Echo struct{}

func New() *Echo                                                                  { return nil }
func (e *Echo) Start(addr string) error                                           { return nil }
func (e *Echo) GET(path string, h HandlerFunc, m ...MiddlewareFunc) *Route         { return nil }
func (e *Echo) Add(method, path string, h HandlerFunc, m ...MiddlewareFunc) *Route { return nil }
func (e *Echo) Static(prefix, root string) *Route                                 { return nil }
func (e *Echo) Group(prefix string, m ...MiddlewareFunc) *Group                    { return nil }

type Group struct{}

func (g *Group) POST(path string, h HandlerFunc, m ...MiddlewareFunc) *Route { return nil }
`,
	"github.com/go-chi/chi/v5": `package chi

import "net/http"

type Router interface {
	http.Handler
	Use(...func(http.Handler) http.Handler)
	With(...func(http.Handler) http.Handler) Router
	Group(func(r Router)) Router
	Route(string, func(r Router)) Router
	Mount(string, http.Handler)
	Get(string, http.HandlerFunc)
	Method(string, string, http.Handler)
}
type Mux struct{}

func NewRouter() *Mux                                                    { return nil }
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request)          {}
func (m *Mux) Use(...func(http.Handler) http.Handler)                    {}
func (m *Mux) With(...func(http.Handler) http.Handler) Router            { return nil }
func (m *Mux) Group(func(r Router)) Router                               { return nil }
func (m *Mux) Route(pattern string, fn func(r Router)) Router            { return nil }
func (m *Mux) Mount(pattern string, h http.Handler)                      {}
func (m *Mux) Get(pattern string, h http.HandlerFunc)                    {}
func (m *Mux) Method(method, pattern string, h http.Handler)             {}
`,
	"github.com/gorilla/mux": `package mux

import "net/http"

type Router struct{}
type Route struct{}

func NewRouter() *Router                                                                      { return nil }
func (r *Router) ServeHTTP(w http.ResponseWriter, q *http.Request)                            {}
func (r *Router) HandleFunc(path string, f func(http.ResponseWriter, *http.Request)) *Route   { return nil }
func (r *Router) PathPrefix(tpl string) *Route                                                { return nil }
func (r *Router) Methods(methods ...string) *Route                                            { return nil }
func (r *Route) Methods(methods ...string) *Route                                             { return nil }
func (r *Route) Path(tpl string) *Route                                                       { return nil }
func (r *Route) Subrouter() *Router                                                           { return nil }
func (r *Route) Handler(h http.Handler) *Route                                                { return nil }
func (r *Route) HandlerFunc(f func(http.ResponseWriter, *http.Request)) *Route                { return nil }
`,
	"github.com/gofiber/fiber/v2": `package fiber

type Ctx struct{}
type Handler = func(*Ctx) error
type Router interface {
	Get(path string, h ...Handler) Router
	Group(prefix string, h ...Handler) Router
}
type App struct{}

func New() *App                                                                 { return nil }
func (a *App) Listen(addr string) error                                         { return nil }
func (a *App) Get(path string, h ...Handler) Router                             { return nil }
func (a *App) All(path string, h ...Handler) Router                             { return nil }
func (a *App) Use(args ...interface{}) Router                                   { return nil }
func (a *App) Mount(prefix string, sub *App) Router                             { return nil }
func (a *App) Group(prefix string, h ...Handler) Router                         { return nil }
func (a *App) Route(prefix string, fn func(router Router), name ...string) Router { return nil }
`,
	"github.com/zeromicro/go-zero/rest": `package rest

import "net/http"

type Route struct {
	Method, Path string
	Handler      http.HandlerFunc
}
type RouteOption func()
type Server struct{}

func NewServer() *Server                                          { return nil }
func (s *Server) AddRoutes(rs []Route, opts ...RouteOption)       {}
func (s *Server) Start()                                          {}
func WithPrefix(group string) RouteOption                         { return nil }
`,
	"github.com/third/party": `package party

import "net/http"

func Register(r any)                    {}
func Wrap(h http.Handler) http.Handler  { return h }
`,
}

func TestRoutes(t *testing.T) {
	const (
		h        = "func h(w http.ResponseWriter, r *http.Request) {}\n"
		gh       = "func h(c *gin.Context) {}\n"
		std, gin = `"net/http"`, `"github.com/gin-gonic/gin"`
		chi, mux = `"github.com/go-chi/chi/v5"`, `"github.com/gorilla/mux"`
	)
	tests := map[string]struct {
		imports, body, decls string
		want                 string // patterns, "?" in front of those that are not whole, "…" in front of trees; "+" where there may be more
	}{
		"net/http": {std, `http.HandleFunc("/a", h)
	http.Handle("GET /b/{id}", http.HandlerFunc(h))
	http.HandleFunc("/c/", h)
	http.ListenAndServe("", nil)`, h, "/a, GET /b/{id}, …/c/"},
		"mux in a mux": {std, `mux, api := http.NewServeMux(), http.NewServeMux()
	api.HandleFunc("/a", h)
	mux.Handle("/api/", http.StripPrefix("/api", api))
	mux.HandleFunc("/b", h)
	http.ListenAndServe("", mux)`, h, "/api/a, /b"},
		"files": {std, `http.Handle("/", http.FileServer(http.Dir(".")))
	http.ListenAndServe("", nil)`, h, "…/"},
		"one handler": {std, `http.ListenAndServe("", http.HandlerFunc(h))`, h, "+"},
		"compared path": {std, `http.ListenAndServe("", http.HandlerFunc(h))`, `func h(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/a":
		w.Write(nil)
	case "/b":
		w.WriteHeader(404)
	}
}`, "/a, /b"},
		"server and parameter": {std, `mux := http.NewServeMux()
	add(mux, "/api")
	srv := &http.Server{Handler: mux}
	srv.ListenAndServe()`, h + `func add(mux *http.ServeMux, prefix string) { mux.HandleFunc(prefix+"/a", h) }`, "/api/a"},
		"computed pattern": {std + "\n\t\"os\"", `http.HandleFunc(os.Args[1], h)
	http.ListenAndServe("", nil)`, h, "?/"},
		"gin": {gin, `r := gin.New()
	r.Use(h)
	v1 := r.Group("/api").Group("/v1/")
	v1.GET("/a", h, h)
	v1.Use(h).GET("/b", h)
	r.Handle("PUT", "c", h)
	r.Match([]string{"GET", "HEAD"}, "/d", h)
	r.Static("/files", ".")
	r.Any("/e/*all", h)
	r.Run()`, gh, "GET /api/v1/a, GET /api/v1/b, PUT /c, GET /d, HEAD /d, GET …/files, /e/*all"},
		"gin in a field": {gin, `s := &server{gin.Default()}
	s.routes()
	s.r.Run()`, gh + `
type server struct{ r *gin.Engine }

func (s *server) routes() {
	g := s.r.Group("/x")
	{
		s.more(g)
	}
}

func (s *server) more(g *gin.RouterGroup) { g.GET("/a", h) }`, "GET /x/a"},
		"behind an interface": {gin, `r := gin.New()
	var m module = users{}
	m.register(r.Group("/users"))
	r.Run()`, gh + `
type module interface{ register(*gin.RouterGroup) }
type users struct{}

func (users) register(g *gin.RouterGroup) { g.GET("/:id", h) }`, "GET /users/:id"},
		"several modules": {gin, `r := gin.New()
	for _, m := range []module{users{}, orders{}} {
		m.register(r)
	}
	r.Run()`, gh + `
type module interface{ register(*gin.Engine) }
type users struct{}
type orders struct{}

func (users) register(g *gin.Engine)  { g.GET("/users", h) }
func (orders) register(g *gin.Engine) { g.GET("/orders", h) }`, "+"},
		"echo": {`"github.com/labstack/echo/v4"`, `e := echo.New()
	e.GET("/a", h)
	e.Add("PATCH", "/b", h)
	e.Group("/c").POST("/d", h)
	e.Static("/static", ".")
	e.Start("")`, "func h(c echo.Context) error { return nil }", "GET /a, PATCH /b, POST /c/d, GET …/static"},
		"chi": {chi + "\n\t" + std, `r := chi.NewRouter()
	r.Route("/api", func(r chi.Router) {
		r.Group(func(r chi.Router) {
			r.With(nil).Get("/a", h)
		})
		r.Route("/users", users)
	})
	r.Mount("/admin", admin())
	r.Mount("/raw", http.HandlerFunc(h))
	r.Method("PUT", "/b", http.HandlerFunc(h))
	http.ListenAndServe("", r)`, h + `func users(r chi.Router) { r.Get("/{id}", h) }

func admin() http.Handler {
	r := chi.NewRouter()
	r.Get("/c", h)
	return r
}`, "GET /api/a, …/raw, PUT /b, GET /api/users/{id}, GET /admin/c"},
		"gorilla": {mux + "\n\t" + std, `r := mux.NewRouter()
	r.HandleFunc("/a", h).Methods("GET", "POST")
	api := r.PathPrefix("/api").Subrouter()
	api.HandleFunc("/b", h)
	api.Methods("PUT").Path("/c").HandlerFunc(h)
	r.PathPrefix("/files").Handler(http.FileServer(http.Dir(".")))
	http.ListenAndServe("", r)`, h, "GET /a, POST /a, /api/b, PUT /api/c, …/files"},
		"fiber": {`"github.com/gofiber/fiber/v2"`, `app, sub := fiber.New(), fiber.New()
	app.Use(h)
	app.Use("/u", h)
	app.Get("/a", h)
	app.Group("/b").Group("/c").Get("/d", h)
	app.Route("/e", func(r fiber.Router) { r.Get("/f", h) })
	sub.Get("/g", h)
	app.Mount("/sub", sub)
	app.All("/h", h)
	app.Listen("")`, "func h(c *fiber.Ctx) error { return nil }", "…/u, GET /a, GET /b/c/d, GET /e/f, GET /sub/g, /h"},
		"go-zero": {`"github.com/zeromicro/go-zero/rest"` + "\n\t" + std, `s := rest.NewServer()
	s.AddRoutes([]rest.Route{{Method: http.MethodGet, Path: "/a", Handler: h}}, rest.WithPrefix("/v1"))
	s.Start()`, h, "GET /v1/a"},
		"given to a library": {`"github.com/third/party"` + "\n\t" + std, `mux := http.NewServeMux()
	party.Register(mux)
	http.ListenAndServe("", mux)`, h, "+"},
		"given to a library for metrics": {gin + "\n\tginprometheus \"github.com/zsais/go-gin-prometheus\"", `r := gin.New()
	r.GET("/a", h)
	ginprometheus.NewPrometheus("x").Use(r)
	r.Run()`, gh, "GET /a+"},
		"wrapped by a library": {`"github.com/third/party"` + "\n\t" + std, `mux := http.NewServeMux()
	mux.HandleFunc("/a", h)
	http.ListenAndServe("", party.Wrap(mux))`, h, "/a"},
		"profiles": {std + "\n\t_ \"net/http/pprof\"", `http.HandleFunc("/a", h)
	http.ListenAndServe("", nil)`, h, "…/debug/pprof/, /a"},
	}
	sources := map[string]string{}
	for name, tt := range tests {
		sources[name] = "package main\n\nimport (\n\t" + tt.imports + "\n)\n\nfunc main() {\n\t" + tt.body + "\n}\n\n" + tt.decls + "\n"
	}
	got := mains(t, sources, routers)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := got[name]
			have := showRoutes(p.Routes)
			if have != tt.want {
				t.Errorf("routes %q, want %q\n%v", have, tt.want, p.Unbounded)
			}
			for _, r := range p.Routes.Members {
				if r.At.IsZero() {
					t.Errorf("no place of %q", r.Pattern)
				}
			}
		})
	}
}

func showRoutes(s workload.Set[workload.Route]) string {
	var out []string
	for _, r := range s.Members {
		text := r.Pattern
		if r.Tree {
			text = "…" + text
		}
		if !r.Known {
			text = "?" + text
		}
		if line := strings.TrimSpace(fmt.Sprintf("%s %s", r.Method, text)); !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	have := strings.Join(out, ", ")
	if s.Open() {
		have += "+"
	}
	return have
}
