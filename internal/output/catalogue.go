package output

import (
	"fmt"
	"io"

	"github.com/factorlint/factorlint/rules"
)

// Rules lists rules in one of ListFormats.
func Rules(format string, w io.Writer, rs []*rules.Rule, o Options) error {
	switch format {
	case "text":
		p := printer{Options: o}
		longest := 0
		for _, r := range rs {
			longest = max(longest, len(r.Name))
		}
		for _, r := range rs {
			p.line("%s %-*s %-10s %s %-3s %s", p.link(r, r.ID), longest, r.Name, r.Kind,
				p.paint(colours[r.Severity], fmt.Sprintf("%-7s", r.Severity)), onOff(r.Default), r.Summary)
		}
		return p.flush(w)
	case "json":
		list := make([]jsonRule, 0, len(rs))
		for _, r := range rs {
			list = append(list, ruleJSON(r))
		}
		return writeJSON(w, map[string]any{"rules": list})
	}
	return fmt.Errorf("no such format: %s", format)
}

type jsonRule struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	Kind             string   `json:"kind"`
	Principle        string   `json:"principle"`
	Also             []string `json:"also"`
	Severity         string   `json:"severity"`
	Default          bool     `json:"default"`
	Precision        string   `json:"precision"`
	SecuritySeverity string   `json:"securitySeverity"`
	Fix              string   `json:"fix"`
	Since            string   `json:"since"`
	Summary          string   `json:"summary"`
	URL              string   `json:"url"`
}

func ruleJSON(r *rules.Rule) jsonRule {
	also := []string{}
	for _, p := range r.Also {
		also = append(also, p.Slug())
	}
	return jsonRule{
		ID: r.ID, Name: r.Name, Kind: string(r.Kind), Principle: r.Principle.Slug(), Also: also, Severity: r.Severity.String(),
		Default: r.Default, Precision: r.Precision, SecuritySeverity: r.SecurityAt, Fix: string(r.Fix), Since: r.Since,
		Summary: r.Summary, URL: r.URL(),
	}
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
