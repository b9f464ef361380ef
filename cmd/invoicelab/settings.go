package main

import (
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/config"
	"github.com/urfave/cli/v2"
)

func settingsCommand() *cli.Command {
	return &cli.Command{
		Name:        "settings",
		Usage:       "list every setting of an experiment with its default",
		Description: "Example: invoicelab settings\nA setting is named in a spec file, in an axis of a sweep, and in --set KEY=VALUE.",
		Flags:       []cli.Flag{jsonFlag},
		Action: func(c *cli.Context) error {
			if err := operands(c); err != nil {
				return err
			}
			keys := config.Keys()
			if c.Bool("json") {
				return printJSON(c.App.Writer, keys)
			}
			for _, k := range keys {
				allowed := k.Type
				switch {
				case len(k.OneOf) > 0:
					allowed = strings.Join(k.OneOf, " | ")
				case k.Range != "":
					allowed += ", " + k.Range
				}
				fmt.Fprintf(c.App.Writer, "%s: %s\n    %s (%s)\n", k.Key, orNone(k.Default), k.Help, allowed)
			}
			return nil
		},
	}
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
