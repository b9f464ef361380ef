package dashboard

import (
	"net/http"
	"strings"

	"github.com/invoicelab/invoicelab/config"
)

// settingsPage lists the settings of a run.
type settingsPage struct {
	runHead
	Settings *table
	Changed  int
	YAML     string
}

func (s *Server) runSettings(r *http.Request) (answer, error) {
	h, err := s.runOf(r, "/run/settings")
	if err != nil {
		return answer{}, err
	}
	p := settingsPage{runHead: h, YAML: h.Settings}
	e, err := config.ParseExperiment("run "+h.Run, []byte(h.Settings))
	if err != nil {
		// Settings of an older program may not be read any more: they are shown
		// as they are.
		return h.of("settings", p), nil
	}
	p.Settings = &table{ID: "settings", Caption: "Settings", Sortable: true, Tall: true, Columns: []column{{Name: "Setting"}, {Name: "Value"}, {Name: "Default"}, {Name: "What it is"}}}
	for _, k := range config.Keys() {
		value := bare(e.Value(k.Key))
		if value == "null" {
			continue // the group that it is of is not there
		}
		c := text(value)
		if value != bare(k.Default) {
			c.Mark = "changed"
			p.Changed++
		}
		p.Settings.Rows = append(p.Settings.Rows, []cell{head(k.Key, ""), c, text(k.Default), {Text: k.Help, Mark: "help"}})
	}
	return h.of("settings", p), nil
}

// bare is a value of YAML without space round it; the empty text is nothing.
func bare(value string) string {
	if value = strings.TrimSpace(value); value == `""` {
		return ""
	}
	return value
}
