package manifest

import (
	"encoding/base64"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// isPreview reports whether an object is of an alpha or beta version of one of Kubernetes' own API groups.
func (o *object) isPreview() bool {
	group, version, ok := strings.Cut(o.api, "/")
	return ok && (!strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")) &&
		(strings.Contains(version, "alpha") || strings.Contains(version, "beta"))
}

func preview(o *object) *workload.Preview {
	return &workload.Preview{API: o.api, Kind: o.kind, Namespace: o.namespace, Name: o.name, At: o.root.get("apiVersion").span()}
}

// cron reads batch/v1 CronJobSpec, or returns nil.
func cron(o *object) *workload.Cron {
	if o.kind != "CronJob" {
		return nil
	}
	spec := o.root.get("spec")
	return &workload.Cron{
		Schedule:    spec.get("schedule").value(o.at),
		Concurrency: spec.get("concurrencyPolicy").value(o.at),
		Deadline:    spec.get("jobTemplate", "spec", "activeDeadlineSeconds").value(o.at),
	}
}

// memoryVolume reads core/v1 EmptyDirVolumeSource, the value of one of a volume's keys. It returns nil for what does not
// lie in memory.
func memoryVolume(volume node, source pair) *workload.MemoryVolume {
	medium := source.value.get("medium")
	if source.key.str() != "emptyDir" || medium.str() != "Memory" {
		return nil
	}
	return &workload.MemoryVolume{Name: volume.get("name").str(), Limit: source.value.get("sizeLimit").value(medium.span()), At: medium.span()}
}

// hide keeps what a key of a Secret holds, unless the manifest is encrypted (by sops). Data that is not encoded is kept as it
// stands: Kubernetes refuses it, and whoever reads it has it.
func hide(c *workload.ConfigMap, o *object, field string, p pair) {
	if !p.value.isText() || o.root.get("sops").ok() {
		return
	}
	text := p.value.str()
	if field == "data" {
		if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
			text = string(decoded)
			p.value.traceText(text)
		}
	}
	c.Hidden[p.key.str()] = workload.Hide(text)
}
