package observe

import (
	"go/types"
	"slices"
)

// handles returns the import path of the framework whose requests a function of that signature answers, or "". What
// stands around a handler, a middleware's own function, has the same signature and is on the way of a request as well.
func handles(sig *types.Signature) string {
	params := make([]string, 0, sig.Params().Len())
	for p := range sig.Params().Variables() {
		params = append(params, typeSymbol(p.Type()))
	}
	switch {
	case len(params) >= 2 && params[0] == "net/http.ResponseWriter" && params[1] == "net/http.Request":
		return "net/http"
	case len(params) == 1:
		switch params[0] {
		case "github.com/gin-gonic/gin.Context", "github.com/labstack/echo.Context", "github.com/labstack/echo/v4.Context", "github.com/labstack/echo/v5.Context",
			"github.com/gofiber/fiber.Ctx", "github.com/gofiber/fiber/v2.Ctx", "github.com/gofiber/fiber/v3.Ctx", "github.com/valyala/fasthttp.RequestCtx",
			"github.com/beego/beego/v2/server/web/context.Context", "github.com/astaxie/beego/context.Context", "github.com/kataras/iris/v12/context.Context",
			"github.com/kataras/iris/v12.Context", "github.com/go-kratos/kratos/v2/transport/http.Context":
			return packageOf(params[0])
		}
	case len(params) == 0 && sig.Results().Len() == 0 && sig.Recv() != nil && embeds(sig.Recv().Type(), 0):
		return "github.com/beego/beego"
	}
	if n := len(params); n > 0 && sig.Recv() != nil && sig.Results().Len() == 1 && isRPCStream(sig.Params().At(n-1).Type()) {
		return "google.golang.org/grpc"
	}
	if len(params) < 2 || params[0] != "context.Context" {
		return ""
	}
	switch {
	case len(params) == 2 && params[1] == "github.com/cloudwego/hertz/pkg/app.RequestContext":
		return "github.com/cloudwego/hertz"
	case slices.Contains([]string{"connectrpc.com/connect.Request", "connectrpc.com/connect.ClientStream", "connectrpc.com/connect.BidiStream"}, params[1]):
		return "connectrpc.com/connect"
	case sig.Recv() == nil || !isMessage(sig.Params().At(1).Type()):
		return ""
	case len(params) == 2 && sig.Results().Len() == 2 && isMessage(sig.Results().At(0).Type()): // twirp too
		return "google.golang.org/grpc"
	case len(params) == 3 && sig.Results().Len() == 1 && isMessage(sig.Params().At(2).Type()):
		return "go-micro.dev"
	}
	return ""
}

// embeds reports whether a type is a controller of beego: a struct that embeds one.
func embeds(t types.Type, depth int) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 3 {
		return false
	}
	for f := range st.Fields() {
		if !f.Embedded() {
			continue
		}
		if sym := typeSymbol(f.Type()); sym == "github.com/beego/beego/v2/server/web.Controller" || sym == "github.com/astaxie/beego.Controller" || embeds(f.Type(), depth+1) {
			return true
		}
	}
	return false
}

// isRPCStream reports whether a type is a server's side of a stream of gRPC.
func isRPCStream(t types.Type) bool {
	if _, ok := t.Underlying().(*types.Interface); !ok {
		return false
	}
	ms := types.NewMethodSet(t)
	return ms.Lookup(nil, "RecvMsg") != nil && ms.Lookup(nil, "SetTrailer") != nil
}

// isMessage reports whether a type is a pointer to a message of protocol buffers.
func isMessage(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.Pointer); !ok {
		return false
	}
	ms := types.NewMethodSet(t)
	return ms.Lookup(nil, "ProtoMessage") != nil || ms.Lookup(nil, "ProtoReflect") != nil
}

// requests returns the functions on the way of a request, with how many calls they are away from the one that answers it,
// at most two: what is deeper or behind an interface is called for other reasons as well. A function literal that is
// called where it stands, and no goroutine, is as far as the function around it. Callers share it.
func (g *Graph) requests(r *reach) map[string]int {
	r.once.Do(func() { r.requests = g.way(r) })
	return r.requests
}

func (g *Graph) way(r *reach) map[string]int {
	out := map[string]int{}
	var todo []string
	for _, f := range g.sorted(r.funcs) {
		if f.Handles != "" {
			out[f.ID] = 0
			todo = append(todo, f.ID)
		}
	}
	for len(todo) > 0 {
		f := g.funcs[todo[0]]
		todo = todo[1:]
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Mention || c.Go || c.Dynamic || g.funcs[c.Callee] == nil {
				continue
			}
			depth := out[f.ID] + 1
			if g.funcs[c.Callee].Parent == f.ID {
				depth--
			}
			if had, ok := out[c.Callee]; depth <= 2 && (!ok || had > depth) {
				out[c.Callee] = depth
				todo = append(todo, c.Callee)
			}
		}
	}
	return out
}
