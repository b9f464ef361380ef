package main

import (
	"fmt"
	"github.com/invoicelab/invoicelab/nearest"
	"strings"

	"github.com/urfave/cli/v2"
)

// operandsLast moves the flags of the command in args before its operands,
// since urfave/cli stops reading flags at the first operand. "--" ends flags.
func operandsLast(commands []*cli.Command, args []string) []string {
	at := 1
	var flags []cli.Flag
	for at < len(args) {
		found := false
		for _, c := range commands {
			if c.HasName(args[at]) {
				commands, flags, found = c.Subcommands, c.Flags, true
				break
			}
		}
		if !found {
			break
		}
		at++
	}
	if flags == nil {
		return args
	}
	head, tail := append([]string(nil), args[:at]...), []string(nil)
	for rest := args[at:]; len(rest) > 0; rest = rest[1:] {
		arg := rest[0]
		if arg == "--" {
			tail = append(tail, rest[1:]...)
			break
		}
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			tail = append(tail, arg)
			continue
		}
		head = append(head, arg)
		if !strings.Contains(arg, "=") && len(rest) > 1 && takesValue(flags, strings.TrimLeft(arg, "-")) {
			head = append(head, rest[1])
			rest = rest[1:]
		}
	}
	if len(tail) == 0 {
		return head
	}
	return append(append(head, "--"), tail...)
}

// takesValue says whether the flag called name is followed by its value.
func takesValue(flags []cli.Flag, name string) bool {
	for _, f := range flags {
		for _, n := range f.Names() {
			if n == name {
				_, isBool := f.(*cli.BoolFlag)
				return !isBool
			}
		}
	}
	return false
}

// didYouMean suggests the name closest to what was typed, for error lines.
func didYouMean(typed string, names []string) string {
	if name, ok := nearest.Name(typed, names); ok {
		return fmt.Sprintf(" (did you mean %s?)", name)
	}
	return ""
}
