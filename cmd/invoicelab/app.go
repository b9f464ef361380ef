package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// newApp wires the commands.
func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                   "invoicelab",
		Usage:                  "which head, loss and curriculum helps when most labels are rare?",
		Writer:                 stdout,
		ErrWriter:              stderr,
		HideVersion:            true,
		HideHelpCommand:        true,
		UseShortOptionHandling: false,
		ExitErrHandler:         func(*cli.Context, error) {}, // run prints errors, once
		OnUsageError:           usageFault,
		Action:                 unknownCommand,
		Commands: []*cli.Command{
			corpusCommand(), sweepCommand(), trainCommand(), runsCommand(), showCommand(),
			rerunCommand(), storeCommand(), exportCommand(), serveCommand(), tagCommand(), noteCommand(), compareCommand(), reportCommand(), reproduceCommand(), predictCommand(), diagnoseCommand(), extendCommand(), scoreCommand(), settingsCommand(), kernelsCommand(), versionCommand(),
		},
		Description: `Make a corpus, sweep, look:

  invoicelab sweep run quick --workers 2 --report out/quick
  invoicelab compare quick head=linear head=hybrid

Commands print data on standard output and everything else on standard error.
They exit with 0 when done, 1 when they failed, 2 on wrong usage.`,
	}
	eachCommand(app.Commands, func(c *cli.Command) {
		c.OnUsageError = usageFault
		c.HideHelpCommand = true
		if len(c.Subcommands) > 0 {
			c.Action = unknownCommand
		}
	})
	return app
}

func eachCommand(commands []*cli.Command, do func(*cli.Command)) {
	for _, c := range commands {
		do(c)
		eachCommand(c.Subcommands, do)
	}
}

// usageError is wrong usage: exit code 2.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func usageFault(c *cli.Context, err error, _ bool) error {
	return usagef("%s: %w (see --help)", commandPath(c), err)
}

// commandPath names the command as it is typed after the program's name.
func commandPath(c *cli.Context) string {
	if c.Command == nil {
		return c.App.Name
	}
	return strings.TrimPrefix(c.Command.HelpName, c.App.Name+" ")
}

// unknownCommand is the action of everything that has commands below it.
func unknownCommand(c *cli.Context) error {
	commands := c.App.Commands
	if c.Command != nil && len(c.Command.Subcommands) > 0 {
		commands = c.Command.Subcommands
	}
	if c.Args().Len() == 0 {
		if c.Command != nil && len(c.Command.Subcommands) > 0 {
			return cli.ShowSubcommandHelp(c)
		}
		return cli.ShowAppHelp(c)
	}
	var names []string
	for _, k := range commands {
		names = append(names, k.Name)
	}
	return usagef("%s: no command %q%s; there are %s", commandPath(c), c.Args().First(), didYouMean(c.Args().First(), names), strings.Join(names, ", "))
}

// exitCode prints err, if any, as one line and gives the exit code.
func exitCode(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	if err == context.Canceled { // ctrl-C, where the command has nothing more to say of it
		err = errors.New("interrupted")
	}
	fmt.Fprintln(stderr, "invoicelab:", err)
	var usage usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}

// operands checks the number of operands of a command, named for the message.
func operands(c *cli.Context, names ...string) error {
	args := c.Args().Slice()
	if len(args) < len(names) {
		return usagef("%s: missing operand %s (see --help)", commandPath(c), names[len(args)])
	}
	if len(args) > len(names) {
		return usagef("%s: surplus operand %q (see --help)", commandPath(c), args[len(names)])
	}
	return nil
}
