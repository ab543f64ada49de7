package manifest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// removedAPIs is Kubernetes' deprecated API migration guide: API version, kinds, the release that serves them no more and
// what took their place ("-" where nothing did).
const removedAPIs = `
extensions/v1beta1                   NetworkPolicy                       1.16 networking.k8s.io/v1
extensions/v1beta1                   DaemonSet,Deployment,ReplicaSet     1.16 apps/v1
extensions/v1beta1                   PodSecurityPolicy                   1.16 -
apps/v1beta1                         Deployment,StatefulSet,ReplicaSet   1.16 apps/v1
apps/v1beta2                         DaemonSet,Deployment,StatefulSet,ReplicaSet 1.16 apps/v1
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration,ValidatingWebhookConfiguration 1.22 admissionregistration.k8s.io/v1
apiextensions.k8s.io/v1beta1         CustomResourceDefinition            1.22 apiextensions.k8s.io/v1
apiregistration.k8s.io/v1beta1       APIService                          1.22 apiregistration.k8s.io/v1
authentication.k8s.io/v1beta1        TokenReview                         1.22 authentication.k8s.io/v1
authorization.k8s.io/v1beta1         LocalSubjectAccessReview,SelfSubjectAccessReview,SubjectAccessReview,SelfSubjectRulesReview 1.22 authorization.k8s.io/v1
certificates.k8s.io/v1beta1          CertificateSigningRequest           1.22 certificates.k8s.io/v1
coordination.k8s.io/v1beta1          Lease                               1.22 coordination.k8s.io/v1
extensions/v1beta1                   Ingress                             1.22 networking.k8s.io/v1
networking.k8s.io/v1beta1            Ingress,IngressClass                1.22 networking.k8s.io/v1
rbac.authorization.k8s.io/v1beta1    ClusterRole,ClusterRoleBinding,Role,RoleBinding 1.22 rbac.authorization.k8s.io/v1
scheduling.k8s.io/v1beta1            PriorityClass                       1.22 scheduling.k8s.io/v1
storage.k8s.io/v1beta1               CSIDriver,CSINode,StorageClass,VolumeAttachment 1.22 storage.k8s.io/v1
autoscaling/v2beta1                  HorizontalPodAutoscaler             1.25 autoscaling/v2
batch/v1beta1                        CronJob                             1.25 batch/v1
discovery.k8s.io/v1beta1             EndpointSlice                       1.25 discovery.k8s.io/v1
events.k8s.io/v1beta1                Event                               1.25 events.k8s.io/v1
node.k8s.io/v1beta1                  RuntimeClass                        1.25 node.k8s.io/v1
policy/v1beta1                       PodDisruptionBudget                 1.25 policy/v1
policy/v1beta1                       PodSecurityPolicy                   1.25 -
autoscaling/v2beta2                  HorizontalPodAutoscaler             1.26 autoscaling/v2
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema,PriorityLevelConfiguration 1.26 flowcontrol.apiserver.k8s.io/v1
storage.k8s.io/v1beta1               CSIStorageCapacity                  1.27 storage.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema,PriorityLevelConfiguration 1.29 flowcontrol.apiserver.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema,PriorityLevelConfiguration 1.32 flowcontrol.apiserver.k8s.io/v1
`

// A removal is the end of an API version for a kind.
type removal struct{ release, successor string }

// removals returns the table by "apiVersion kind".
func removals() map[string]removal {
	out := map[string]removal{}
	for line := range strings.Lines(removedAPIs) {
		f := strings.Fields(line)
		if len(f) != 4 {
			continue
		}
		for _, kind := range strings.Split(f[1], ",") {
			out[f[0]+" "+kind] = removal{f[2], f[3]}
		}
	}
	return out
}

// removedAPIVersion is FL1901.
func removedAPIVersion() check.Check[*workload.Variant] {
	removed := removals()
	return check.Check[*workload.Variant]{Rule: "removed-api-version", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may name another version
		}
		for _, o := range p.Subject.Previews {
			r, ok := removed[o.API+" "+o.Kind]
			if !ok || serves(p.Option("kubernetes"), r.release) {
				continue
			}
			instead := "use " + r.successor
			if r.successor == "-" {
				instead = "nothing has its place"
			}
			what := fmt.Sprintf("%s %q", o.Kind, o.Name)
			if o.Name == "" {
				what = "this " + o.Kind
			}
			p.Report(check.Finding{
				At: o.At,
				Message: fmt.Sprintf("%s is of %s, which Kubernetes %s and later do not serve: applying it fails there (%s)",
					what, o.API, r.release, instead),
				Logical: fmt.Sprintf("%s/%s/%s/%s", o.API, o.Kind, o.Namespace, o.Name),
				Matter:  o.API,
			})
		}
	}}
}

// serves reports whether a release of Kubernetes, "1.24", still has what another one removed. "" stands for the latest.
func serves(release, removed string) bool {
	minor := func(r string) int {
		n, _ := strconv.Atoi(strings.TrimPrefix(r, "1."))
		return n
	}
	return release != "" && minor(release) < minor(removed)
}
