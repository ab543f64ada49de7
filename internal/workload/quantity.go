package workload

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// quantityForm is the syntax of Kubernetes' quantities (apimachinery, resource.Quantity): a decimal number with a suffix of
// powers of 1000 or 1024, or an exponent.
var quantityForm = regexp.MustCompile(`^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]{1,2}))?$`)

// ParseQuantity returns the exact value of a Kubernetes quantity: "250m", "1.5Gi", "1e3". ok is false if it is none.
func ParseQuantity(s string) (q *big.Rat, ok bool) {
	m := quantityForm.FindStringSubmatch(s)
	if m == nil || len(s) > 64 {
		return nil, false
	}
	if q, ok = new(big.Rat).SetString(m[1]); !ok {
		return nil, false
	}
	binary, decimal, exponent := m[2], m[3], m[4]
	switch {
	case binary != "":
		return q.Mul(q, power(1024, 1+strings.IndexByte("KMGTPE", binary[0]))), true
	case decimal != "":
		return q.Mul(q, power(1000, strings.IndexByte("num kMGTPE", decimal[0])-3)), true
	case exponent != "":
		n, _ := strconv.Atoi(exponent) // two digits
		return q.Mul(q, power(10, n)), true
	}
	return q, true
}

func power(base int64, n int) *big.Rat {
	abs := max(n, -n)
	x := new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(abs)), nil)
	if n < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), x)
	}
	return new(big.Rat).SetInt(x)
}

// byteForm is the syntax of Compose's byte values (compose-spec, specifying byte values; docker/go-units RAMInBytes).
var byteForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(?:([kKmMgGtTpP])i?)?[bB]?$`)

// ParseBytes returns the exact value of a Compose byte value: "64M", "1.5gb". All units are powers of 1024.
func ParseBytes(s string) (q *big.Rat, ok bool) {
	m := byteForm.FindStringSubmatch(s)
	if m == nil || len(s) > 64 {
		return nil, false
	}
	if q, ok = new(big.Rat).SetString(m[1]); !ok {
		return nil, false
	}
	if m[2] != "" {
		q.Mul(q, power(1024, 1+strings.IndexByte("kmgtp", m[2][0]|0x20)))
	}
	return q, true
}
