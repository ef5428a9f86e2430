// Command musicdb is the MusicDB server and its tools: serve runs the daemon,
// config explains every setting, functions lists the protocol, diagrams prints
// the machines, call talks to a running server, echo lets the connection engine be
// measured and examined.
//
// This package owns the environment, the configuration file, the command line, the
// exit codes, where messages go, what a service manager is told, and the wiring: it
// is the only reader of environment variables, and the only place that knows every
// room of the house. It refuses to contain behaviour; whatever is worth testing
// apart from wiring belongs to a package below.
//
// Everything runs on the main goroutine until the server's Run takes over.
// Start reading in main.go, then build.go, which is the daemon's table of
// contents, and config.go, which has every setting. The directory systemd has the
// unit and its companions.
package main
