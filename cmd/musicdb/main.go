package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"musicdb/media/ffmpeg/embedded"
)

// commands is the command line.
type commands struct {
	File string           `name:"config" placeholder:"FILE" type:"path" help:"Configuration file in the format of MusicDB 8, such as /etc/musicdb.ini; environment variables go before it."`
	Tell kong.VersionFlag `name:"version" short:"v" help:"Print the version."`

	Serve     serveCommand     `cmd:"" aliases:"server" help:"Run the server: library, queue, stream, websocket and web page."`
	Config    configCommand    `cmd:"" help:"Print every setting, its value, where it comes from, and what it means."`
	Functions functionsCommand `cmd:"" help:"Print the functions of the protocol that clients can call."`
	Diagrams  diagramsCommand  `cmd:"" help:"Print the drawing of a machine, or write all of them into a directory."`
	Call      callCommand      `cmd:"" help:"Call a function of a running server and print its result."`
	Doctor    doctorCommand    `cmd:"" help:"Examine the music and the databases, and say what is wrong; nothing is changed. Exit code 3: something was found."`
	Echo      echoCommand      `cmd:"" help:"Echo every websocket message, without key and music: for measurements and conformance suites."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// configFile is the configuration file that the command line names, "" for none.
type configFile string

// Exit codes beside 0.
const (
	exitFailed = 1 // the command could not do its work
	exitUsage  = 2 // the command line makes no sense
	exitFound  = 3 // the doctor has found something
)

func main() {
	// The built-in transcoder takes ffmpeg's own arguments, which no parser of
	// ours may touch. Where its compiled form is kept is a message from the
	// parent process, no setting of the user's.
	if len(os.Args) > 1 && os.Args[1] == "ffmpeg" {
		os.Exit(embedded.Main(os.Args[2:], os.Getenv("WAZERO_COMPILATION_CACHE")))
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command and returns the exit code. A failure is one sentence
// on stderr.
func run(args []string, stdout, stderr io.Writer) int {
	var c commands
	asked := -1 // exit code that kong asks for after --help
	parser, err := kong.New(&c,
		kong.Name("musicdb"),
		kong.Description("A server for one's own music: library, shared queue, one live stream, any number of clients."),
		kong.UsageOnError(),
		kong.Vars{"version": "musicdb " + version()},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { asked = code }),
		kong.BindTo(stdout, (*io.Writer)(nil)),
	)
	if err != nil {
		fmt.Fprintln(stderr, "musicdb:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if asked >= 0 {
		return asked
	}
	if err != nil {
		fmt.Fprintf(stderr, "musicdb: %v; `musicdb --help` lists the commands\n", err)
		return exitUsage
	}
	if err := command.Run(configFile(c.File)); err != nil {
		if errors.Is(err, errFound) {
			return exitFound
		}
		var quiet *quietError
		if !errors.As(err, &quiet) {
			fmt.Fprintln(stderr, "musicdb:", err)
		}
		return exitFailed
	}
	return 0
}

// quietError ends a command that has said already why it failed.
type quietError struct{ error }

// version is what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development"
	}
	return info.Main.Version
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(out io.Writer) error {
	_, err := fmt.Fprintln(out, "musicdb", version())
	return err
}
